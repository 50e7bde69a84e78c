//go:build !race

package outbox_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// disk is what would be left of files after a power cut: their content when they were last
// flushed.
type disk struct {
	mu    sync.Mutex
	dirs  []string           // that are watched
	open  map[uintptr]string // by SQLite's handle
	files map[string][]byte
}

var flushed = &disk{open: map[uintptr]string{}, files: map[string][]byte{}}

// survivors returns the files of a folder.
func (d *disk) survivors(dir string) map[string][]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	left := maps.Clone(d.files)
	maps.DeleteFunc(left, func(path string, _ []byte) bool { return filepath.Dir(path) != dir })
	return left
}

// watch notes what SQLite has flushed in a folder, from the files that it opens from now on.
func watch(t *testing.T, dir string) {
	t.Helper()
	shim.once.Do(func() { shim.rc = install() })
	if shim.rc != sqlite3.SQLITE_OK {
		t.Fatalf("SQLite's files cannot be watched: %d", shim.rc)
	}
	flushed.mu.Lock()
	defer flushed.mu.Unlock()
	flushed.dirs = append(flushed.dirs, dir)
}

// shim stands between SQLite and its usual way to the operating system (a "VFS"). SQLite knows
// its parts by their addresses, as if they were C's.
var shim struct {
	once    sync.Once
	rc      int32
	usual   uintptr                                  // the address of the usual VFS
	vfs     sqlite3.Tsqlite3_vfs                     // ours
	sync    syncFunc                                 // the usual one
	methods map[uintptr]*sqlite3.Tsqlite3_io_methods // ours of files, by the address of the usual ones
}

type (
	openFunc   = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	deleteFunc = func(tls *libc.TLS, vfs, name uintptr, flush int32) int32
	syncFunc   = func(tls *libc.TLS, file uintptr, flags int32) int32
)

func valueAt[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

func functionAt[T any](address uintptr) T { return *(*T)(unsafe.Pointer(&address)) }

func addressOf[T any](function T) uintptr { return *(*uintptr)(unsafe.Pointer(&function)) }

func install() int32 {
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString("watched")
	if err != nil {
		return sqlite3.SQLITE_NOMEM
	}
	shim.methods = map[uintptr]*sqlite3.Tsqlite3_io_methods{}
	shim.usual = sqlite3.Xsqlite3_vfs_find(tls, 0)
	shim.vfs = *valueAt[sqlite3.Tsqlite3_vfs](shim.usual)
	shim.vfs.FpNext, shim.vfs.FzName = 0, name
	shim.vfs.FxOpen, shim.vfs.FxDelete = addressOf[openFunc](openFile), addressOf[deleteFunc](deleteFile)
	return sqlite3.Xsqlite3_vfs_register(tls, uintptr(unsafe.Pointer(&shim.vfs)), 1)
}

func openFile(tls *libc.TLS, _, name, file uintptr, flags int32, out uintptr) int32 {
	usual := valueAt[sqlite3.Tsqlite3_vfs](shim.usual)
	rc := functionAt[openFunc](usual.FxOpen)(tls, shim.usual, name, file, flags, out)
	if rc != sqlite3.SQLITE_OK || name == 0 {
		return rc
	}
	flushed.mu.Lock()
	defer flushed.mu.Unlock()
	path := libc.GoString(name)
	if !slices.Contains(flushed.dirs, filepath.Dir(path)) {
		return rc
	}
	handle := valueAt[sqlite3.Tsqlite3_file](file)
	methods := shim.methods[handle.FpMethods]
	if methods == nil {
		methods = new(sqlite3.Tsqlite3_io_methods)
		*methods = *valueAt[sqlite3.Tsqlite3_io_methods](handle.FpMethods)
		shim.sync = functionAt[syncFunc](methods.FxSync) // files with locks and without have the same
		methods.FxSync = addressOf[syncFunc](syncFile)
		shim.methods[handle.FpMethods] = methods
	}
	handle.FpMethods = uintptr(unsafe.Pointer(methods))
	flushed.open[file] = path
	return rc
}

func syncFile(tls *libc.TLS, file uintptr, flags int32) int32 {
	flushed.mu.Lock()
	usual := shim.sync
	flushed.mu.Unlock()
	rc := usual(tls, file, flags)
	flushed.mu.Lock()
	defer flushed.mu.Unlock()
	path := flushed.open[file]
	content, err := os.ReadFile(path)
	if rc == sqlite3.SQLITE_OK && err == nil {
		flushed.files[path] = content
	}
	return rc
}

func deleteFile(tls *libc.TLS, _, name uintptr, flush int32) int32 {
	usual := valueAt[sqlite3.Tsqlite3_vfs](shim.usual)
	rc := functionAt[deleteFunc](usual.FxDelete)(tls, shim.usual, name, flush)
	flushed.mu.Lock()
	defer flushed.mu.Unlock()
	delete(flushed.files, libc.GoString(name))
	return rc
}
