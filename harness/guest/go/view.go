// view.go: guest, Go half. Where Go sees the leaves of what crosses, by its own reflection: C says
// what it believes in tables of its own, and both are compared (layout).
package guest

import "reflect"

// leafKinds: what cgo makes of C's types. A kind that is not here has no leaf.
var leafKinds = [...]uint8{
	reflect.Bool:          leafBOOL,
	reflect.Int8:          leafI8,
	reflect.Int16:         leafI16,
	reflect.Int32:         leafI32,
	reflect.Int64:         leafI64,
	reflect.Uint8:         leafI8,
	reflect.Uint16:        leafI16,
	reflect.Uint32:        leafI32,
	reflect.Uint64:        leafI64,
	reflect.Float32:       leafF32,
	reflect.Float64:       leafF64,
	reflect.Ptr:           leafPTR,
	reflect.UnsafePointer: leafPTR,
}

// arguments are the fields of a block's type; the first, of no size, is not one: with it types cannot be
// compared, and Go's compiler has no function to make that would compare them.
func arguments(t reflect.Type) (fields []reflect.StructField) {
	for i := 1; i < t.NumField(); i++ {
		fields = append(fields, t.Field(i))
	}
	return
}

// argsView: in is a nil pointer to the struct of all arguments.
func argsView(in interface{}) (v view) {
	for i, f := range arguments(reflect.TypeOf(in).Elem()) {
		v.add(f.Type, f.Offset, uint8(i))
	}
	return
}

// resultView: r is a nil pointer to the result, or nil where there is none.
func resultView(r interface{}) (v view) {
	if r != nil {
		v.add(reflect.TypeOf(r).Elem(), 0, 0)
	}
	return
}

func (v *view) add(t reflect.Type, at uintptr, arg uint8) {
	v.argOffset = append(v.argOffset, uint32(at))
	v.argSize = append(v.argSize, uint32(t.Size()))
	v.walk(t, at, arg)
}

func (v *view) walk(t reflect.Type, at uintptr, arg uint8) {
	switch t.Kind() {
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			if f := t.Field(i); !isPadding(&f) {
				v.walk(f.Type, at+f.Offset, arg)
			}
		}
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			v.walk(t.Elem(), at+uintptr(i)*t.Elem().Size(), arg)
		}
	default:
		v.leaves = append(v.leaves, leaf{uint32(at), leafKinds[t.Kind()], arg, uint16(len(v.leaves))})
	}
}

// isPadding: cgo fills gaps with `_ [n]byte`. A C member named `_` has a type of cgo's, also where that
// is an array of unsigned char.
func isPadding(f *reflect.StructField) bool {
	return f.Name == "_" && f.Type.Kind() == reflect.Array && f.Type.Elem() == reflect.TypeOf(byte(0))
}
