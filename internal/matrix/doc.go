// Package matrix makes mautrix clients the way this program needs them, and holds the
// encryption that they share.
//
// A client makes each request once: whoever calls decides about retries. Every attempt is
// counted, with the ids taken out of its path. Errors are mautrix's own; Rejection and
// RetryAfter read from them what decisions are made on.
//
// Encryption needs the build tag goolm, a pure Go implementation of Olm. Without the tag
// the package compiles, and OpenCrypto says what is missing.
package matrix
