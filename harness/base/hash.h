/* hash.h: base. Content hashes (xxh3 128 bit, libxxhash) for cache keys and identities. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_HEX_LEN 32

struct hash; /* opaque streaming state */
struct hash *hash_new(void);
void hash_add(struct hash *h, const void *data, size_t len);
/* Adds the text and its terminating NUL, so that ("a","bc") and ("ab","c") differ. */
void hash_add_str(struct hash *h, const char *s);
int hash_add_file(struct hash *h, const char *path); /* -1 and errno */
/* Writes 32 hex digits and NUL, frees h. */
void hash_finish(struct hash *h, char hex[HASH_HEX_LEN + 1]);
/* One shot. */
void hash_hex(const void *data, size_t len, char hex[HASH_HEX_LEN + 1]);
uint64_t hash_u64(const void *data, size_t len);

#endif
