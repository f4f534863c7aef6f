// turb_body.go: guest, Go half. Float-heavy bodies: Go's twins, and the comparison.
package guest

import (
	"math"
	"unsafe"
)

// Body is a batch's, in c0.go: out of in, with middle() in between.
type Body func(in *[16]float64, out *[40]float64, middle func())

// Bodies are set by init of c0.go where a batch has them.
var Bodies []Body

// bodyRun is struct turb_run of guest/turb_body.c.
type bodyRun struct {
	in                                     [16]float64
	c, goOut                               [40]float64
	contracted                             [8]float64
	diverged                               [3]uint64
	outputs, live, exact, first, end, pad_ uint32
}

// Order of guest/divergence.def.
const (
	divFloatToInt = iota
	divNaNBits
	divCharSign
	divFused
	divFastMath
)

func init() {
	register("float-body", floatBody)
	register("float-middle", func(v *[4]uint32, body func()) { body() })
}

// floatBody: v are which body, values, in which side's middle the steps are.
func floatBody(v *[4]uint32, body func()) {
	first, end := bodyFirst, bodyEnd
	address := uintptr(InC(opBodyBegin, nil, uint(v[0]), uint64(v[1]), 0, 0))
	if address == 0 || int(v[0]) >= len(Bodies) {
		body()
		return
	}
	p := *(*unsafe.Pointer)(unsafe.Pointer(&address)) // of C's memory
	defer InC(opFree, p, 0, 0, 0, 0)
	r := (*bodyRun)(p)
	if v[2] == 1 {
		Bodies[v[0]](&r.in, &r.goOut, body)
		first = end
	} else {
		Bodies[v[0]](&r.in, &r.goOut, func() {})
	}
	if Live.Stop != 0 {
		return
	}
	InC(opBodyRun, p, uint(v[0]), 0, first, end)
	if Live.Stop == 0 {
		compareBodies(r)
		divergences(r)
	}
}

// bits of a number; all NaNs are one: divergence nan-bits.
func bits(x float64) uint64 {
	if x != x {
		return 0x7ff8000000000000
	}
	return math.Float64bits(x)
}

func compareBodies(r *bodyRun) {
	if r.exact == 0 {
		InC(opDiverged, nil, divFastMath, 0, 0, 0)
	}
	for i := uint32(0); i < r.outputs; i++ {
		want, got := bits(r.goOut[i]), bits(r.c[i])
		note(want)
		if want == got || r.exact == 0 {
			continue
		}
		what := "a float-heavy body in C and in Go gave different results"
		if i < r.live {
			what = "a float that C had before it called Go is another afterwards"
		}
		turbulenceFault(faultOutcome, want, got, what)
		return
	}
}

// divergences: what is allowed to differ is one of what the sources in divergence.def say, and counted.
func divergences(r *bodyRun) {
	big := math.Ldexp(1, 70)
	limit := uint64(math.MaxInt64)
	if r.in[0] < 0 {
		big, limit = -big, 1<<63
	}
	for _, got := range [2]uint64{r.diverged[0], uint64(int64(big))} {
		if got != 1<<63 && got != limit {
			turbulenceFault(faultOutcome, limit, got, "a float too big for an integer became neither of what processors make of it")
		}
	}
	InC(opDiverged, nil, divFloatToInt, 0, 0, 0)
	if nan := math.Float64frombits(r.diverged[1]); nan == nan {
		turbulenceFault(faultOutcome, 0x7ff8000000000000, r.diverged[1], "0/0 is no NaN")
	}
	if r.diverged[1] != 0x7ff8000000000000 {
		InC(opDiverged, nil, divNaNBits, 0, 0, 0)
	}
	if r.diverged[2] != 0 {
		InC(opDiverged, nil, divCharSign, 0, 0, 0)
	}
	for i := range r.contracted {
		x, y, z := r.in[i], r.in[i+1], r.in[i+2]
		twice, once, got := bits(float64(x*y)+z), bits(math.FMA(x, y, z)), bits(r.contracted[i])
		if got != twice && got != once {
			turbulenceFault(faultOutcome, twice, got, "x * y + z in C is neither rounded once nor twice")
		} else if got != twice {
			InC(opDiverged, nil, divFused, 0, 0, 0)
		}
	}
}

// FloatHFA and the others are what guest/body.h has in C.
//
//go:noinline
func FloatHFA(a, b, c, d float64) float64 {
	return ((a + b) - (b - c)) + (float64(c*d) - d)
}

//go:noinline
func FloatHFAFloat(a, b, c float32) float64 {
	return float64(((a + b) - float32(b*c)) + c)
}

//go:noinline
func FloatComplex(z complex128) float64 {
	r := complex(real(z)-imag(z), real(z)+imag(z))
	return float64(real(r) * imag(r))
}

//go:noinline
func FloatLoop(x, y float64, times int) (sum float64) {
	for i := 0; i < times; i++ {
		x = float64(x*0.75) + y
		sum += x
	}
	return
}
