/* signature_fuzzer.h: bench. A reference for prototypes tested a second. */
#ifndef BENCH_SIGNATURE_FUZZER_H
#define BENCH_SIGNATURE_FUZZER_H

/* Functions a second, building included; 0 when the module cannot be had, with a word why. */
double signature_fuzzer_rate(void);

#endif
