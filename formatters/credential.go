package formatters

import (
	"regexp"
	"slices"
	"strings"
)

// isCredential says whether a query parameter, or a member of a document, is by its name what
// its sender authenticates with: "token", "apiKey", "X-Api-Key", "smtp_password".
func isCredential(name string) bool {
	name = strings.ToLower(nameSeparators.Replace(name))
	return slices.Contains(credentialNames, name) ||
		slices.ContainsFunc(credentialEndings, func(end string) bool { return strings.HasSuffix(name, end) })
}

var nameSeparators = strings.NewReplacer("-", "", "_", "", ".", "", " ", "")

// credentialNames are such names as a whole: as the end of another one, they say something else.
var credentialNames = []string{
	"auth", "authorization", "proxyauthorization", "bearer", "cookie", "setcookie", "sig", "signature", "pwd", "credentials",
	"otp", "sessionid", "jwt",
}

// credentialEndings are the ends of such names. A plain "key" is none: issues and groups have one.
var credentialEndings = []string{
	"token", "password", "passwd", "passphrase", "secret",
	"apikey", "accesskey", "secretkey", "privatekey", "routingkey", "authkey", "signingkey", "encryptionkey", "servicekey",
	"integrationkey", "licensekey", "accesskeyid",
}

// webhookAddress matches an address by which anybody can post to a room or channel, ours or
// another program's: GitHub's ping says where it goes.
var webhookAddress = regexp.MustCompile(`^https?://\S*/(?:webhooks?/[\w-]*\d[\w-]*|services/T\w+/B\w+/)`)

// hideCredentials marks as told, at any depth, what some senders prove themselves with in the
// body, where a room has no use for it: the "token" of Slack's outgoing webhooks, the
// "secret" of older Giteas.
func (n *node) hideCredentials() {
	for i := range n.fields {
		f := &n.fields[i]
		switch kind := f.value.kind; {
		case kind == 't' || kind == 'f' || kind == 'n': // whether there is one
		case isCredential(f.key), kind == '"' && webhookAddress.MatchString(f.value.text):
			f.told = true
		default:
			f.value.hideCredentials()
		}
	}
	for i, item := range n.items {
		if i%2 == 1 && len(n.items) == 2 && isCredential(n.items[0].scalar()) { // headers as pairs of name and value
			item.text, item.kind = "", 'n'
		}
		item.hideCredentials()
	}
}
