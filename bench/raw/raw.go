// raw.go: bench. The least that crosses the boundary four times: no arguments, nothing checked.
package main

// void raw_callee(void);
import "C"

//export raw_step
func raw_step() { C.raw_callee() }

func main() {}
