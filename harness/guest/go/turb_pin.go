//go:build go1.21

// turb_pin.go: guest, Go half. Pinned memory, where Go has that.
package guest

import (
	"runtime"
	"unsafe"
)

const pins = true

func pinMemory(p unsafe.Pointer) interface{ Unpin() } {
	pinner := new(runtime.Pinner)
	pinner.Pin(p)
	return pinner
}
