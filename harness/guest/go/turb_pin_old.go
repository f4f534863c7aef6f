//go:build !go1.21

// turb_pin_old.go: guest, Go half. Releases without runtime.Pinner: nothing is lent for longer than a call.
package guest

import "unsafe"

const pins = false

func pinMemory(p unsafe.Pointer) interface{ Unpin() } { panic("no runtime.Pinner") }
