package formatters

func init() {
	register(Service{Name: "generic", Title: "Webhook", Formatter: FormatterFunc(formatGeneric)})
}

func formatGeneric(p Payload) (Notification, error) {
	return Notification{Severity: Info, Status: "received", Details: decodeText(p)}, nil
}
