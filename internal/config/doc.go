// Package config reads hooks.yaml.
//
// The file is strict, and every mistake in it is reported at once, each with file, line,
// column, the path of the field, what is wrong and what to do about it: see Errors. The Go
// types in types.go and types_bot.go are the only description of the file: the decoder, the defaults and
// the JSON Schema for editors follow from their fields, tags and comments.
//
//   - Anchors, aliases and merge keys (<<) work; top-level keys that begin with "x-" are
//     left alone, as a place for anchors.
//   - ${NAME} and ${NAME:-default} stand for environment variables in every text but
//     expressions; $${ is a literal ${.
//   - A secret x may be given as x_file instead, the path of a file that holds it. Paths
//     are relative to hooks.yaml; a trailing newline is cut off. A systemd credential is
//     x_file: ${CREDENTIALS_DIRECTORY}/name.
//   - Secrets are of type Secret, which shows itself only to Reveal.
//
// Loading reads files and changes nothing. Expressions are not compiled here, but they
// know where in the file each of their characters stands.
package config
