// crossing.go: guest, Go half. Go's half of every crossing: what generated code calls, and what calls it. Hot:
// few calls, since QEMU looks up each and each return, so that the loops over blocks are here, not in value.go.
package guest

import "unsafe"

// call does Go -> C, of the slot, at Live.Level: the caller's half around the generated callN. Few
// calls in generated code: each return to it is one more target in QEMU's small cache of jump targets.
func call(slot uint32) {
	l := Live
	c := &Cases[slot]
	level := l.Level
	seed := levelSeed(l.StepSeed, level)
	in := unsafe.Pointer(uintptr(blocks) + uintptr(l.Base+level>>1)*2*half)
	result := unsafe.Pointer(uintptr(in) + half)
	l.Seed = seed
	l.Direction = GoToC
	l.Heartbeat++
	if l.Stop == 0 {
		if c.args.variants != nil {
			oddFill(&c.args, in, seed)
		} else {
			m, mix := c.args.image, mixOf(seed)
			style := m.style(seed)
			for at := uintptr(0); at < m.bytes; at += 32 {
				quadAt(in, at).make(quadAt(style, at), quadAt(m.planes, at), mix)
			}
		}
	}
	c.Call(in, result)
	l.Level = level
	l.Seed = seed
	l.Direction = GoToC
	if l.Stop == 0 {
		seed ^= resultSalt
		ok := true
		if c.result.variants != nil {
			ok = oddGood(&c.result, result, seed)
		} else {
			m, mix := c.result.image, mixOf(seed)
			style, own := m.style(seed), m.own()
			differing := uint64(0)
			for at := uintptr(0); at < m.bytes; at += 32 {
				q, s, f, o := quadAt(result, at), quadAt(style, at), quadAt(m.planes, at), quadAt(own, at)
				differing |= q.differ(0, s, f, o, mix) | q.differ(2, s, f, o, mix)
			}
			ok = differing == 0
		}
		if !ok {
			leafFault(&c.result, result, seed, slot, GoToC, 1)
		}
	}
}

// OnStack keeps a block from being moved to the heap, as the compiler would do with what Serve may hand
// to C: nobody keeps the address past the call. (runtime/stubs.go, noescape)
//
//go:nosplit
func OnStack(block unsafe.Pointer) unsafe.Pointer {
	x := uintptr(block)
	return unsafe.Pointer(x ^ 0)
}

// Serve is the one call of an exported function, its half of C -> Go: counts the crossing, checks the
// arguments, nests if the plan says so, counts the return. The result is to be copied at once.
func Serve(slot uint32, in unsafe.Pointer) (result unsafe.Pointer) {
	served := false
	defer func() {
		if !served { // recover is a call that most crossings need not make
			if unwinding {
				passed++
			} else {
				survive(recover())
			}
		}
	}()
	l := Live
	c := &Cases[slot]
	level, seed := l.Level, l.Seed
	result = results
	if l.Stop != 0 {
		harmless(c)
		served = true
		return
	}
	l.Crossings++
	ok := true
	if c.args.variants != nil {
		ok = oddGood(&c.args, in, seed)
	} else {
		m, mix := c.args.image, mixOf(seed)
		style, own := m.style(seed), m.own()
		differing := uint64(0)
		for at := uintptr(0); at < m.bytes; at += 32 {
			q, s, f, o := quadAt(in, at), quadAt(style, at), quadAt(m.planes, at), quadAt(own, at)
			differing |= q.differ(0, s, f, o, mix) | q.differ(2, s, f, o, mix)
		}
		ok = differing == 0
	}
	if !ok {
		leafFault(&c.args, in, seed, slot, cToGo, 0)
		harmless(c)
		served = true
		return
	}
	if level < l.Depth {
		l.Level = level + 1
	}
	if c.Hook != nil {
		c.Hook(1)
	}
	if level < l.Depth {
		call(slot)
		l.Level = level
		l.Seed = seed
		l.Direction = cToGo
	} else if l.Inner != 0 {
		Inner()
	}
	if l.Stop != 0 {
		harmless(c)
		served = true
		return
	}
	l.Crossings++
	seed ^= resultSalt
	if c.result.variants != nil {
		oddFill(&c.result, result, seed)
	} else {
		m, mix := c.result.image, mixOf(seed)
		style := m.style(seed)
		for at := uintptr(0); at < m.bytes; at += 32 {
			quadAt(result, at).make(quadAt(style, at), quadAt(m.planes, at), mix)
		}
	}
	served = true
	return
}

// harmless: there is a result even after a fault.
func harmless(c *Case) { clearBlock(results, blockBytes(&c.result)) }

func clearBlock(p unsafe.Pointer, bytes uintptr) {
	for i := uintptr(0); i < bytes; i += 8 {
		*(*uint64)(unsafe.Pointer(uintptr(p) + i)) = 0
	}
}

// Guard is deferred by exported functions, Serve does the same: a panic becomes a fault, the plan ends.
func Guard() {
	if !unwinding {
		survive(recover())
	}
}

func survive(e interface{}) {
	if e == nil {
		return
	}
	var text [512]byte
	copy(text[:511], panicText(e))
	Report(&[16]uint64{faultPanic, uint64(Live.Direction), 0, 0, 0, 0, 0, 0, uint64(Live.Slot)}, &text)
	clearBlock(results, half)
}
