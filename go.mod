module code.lotusguild.org/LotusGuild/lotus-hooks

go 1.26.0

require (
	github.com/go-json-experiment/json v1.27.2
	github.com/google/go-cmp v0.7.0
	golang.org/x/text v0.43.0
)
