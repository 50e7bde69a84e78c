package matrix

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/rs/zerolog"
)

// zerologTo returns the logger that mautrix needs. It passes errors on to log, without the
// bodies of requests. They are warnings here: what matters is returned as an error as well.
// mautrix's own warnings tell of what is usual, such as the first session with a device.
func zerologTo(log *slog.Logger) zerolog.Logger {
	return zerolog.New(sink{log}).Level(zerolog.ErrorLevel)
}

type sink struct{ log *slog.Logger }

// Write takes one line, a JSON object.
func (s sink) Write(line []byte) (int, error) {
	var fields map[string]any
	if err := json.Unmarshal(line, &fields); err != nil {
		return 0, err
	}
	message, _ := fields[zerolog.MessageFieldName].(string)
	attrs := make([]slog.Attr, 0, len(fields))
	for key, value := range fields {
		switch key {
		case zerolog.LevelFieldName, zerolog.MessageFieldName, zerolog.TimestampFieldName, "req_body":
		case zerolog.ErrorFieldName:
			attrs = append(attrs, slog.Any("err", value))
		default:
			attrs = append(attrs, slog.Any(key, value))
		}
	}
	s.log.LogAttrs(context.Background(), slog.LevelWarn, message, attrs...)
	return len(line), nil
}
