// errno.go: guest, Go half. What Go gets as the error of a C call.
package guest

import "syscall"

const leafErrno = 1<<32 - 3 // guest/wire.h: CGOFUZZ_LEAF_ERRNO

// errnoOf is cgofuzz_errno_of of guest/value.h.
func errnoOf(seed uint64) uint64 {
	x := seed * levelMul
	if x>>63 == 0 {
		return 0
	}
	return 1 + (x>>32)%133
}

// CheckErrno: the callee has set errno, or left it 0 and err is nil. Live.Seed is the crossing's again.
func CheckErrno(slot uint32, err error) {
	if Live.Stop != 0 {
		return
	}
	want, got := errnoOf(Live.Seed), uint64(0)
	if err != nil {
		got = 1<<32 - 1
		if e, ok := err.(syscall.Errno); ok {
			got = uint64(e)
		}
	}
	if want != got {
		Report(&[16]uint64{faultLeaf, GoToC, leafErrno, 1, leafI32, 0, want, got, uint64(slot)}, nil)
	}
}
