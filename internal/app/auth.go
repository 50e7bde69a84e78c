package app

import (
	"cmp"
	"net/netip"
	"time"

	"code.lotusguild.org/LotusGuild/lotus-hooks/gateway"
	"code.lotusguild.org/LotusGuild/lotus-hooks/internal/config"
)

// authOf returns what a hook's senders must bring. Path is that of the hook's auth.
func authOf(cfg *config.Config, hook config.Hook, path string, problems *config.Errors) gateway.Auth {
	a := hook.Auth
	if a == nil {
		return gateway.Auth{}
	}
	auth := gateway.Auth{Bearer: a.Bearer.Reveal(), AllowFrom: prefixes(a.AllowFrom)}
	if a.Basic != nil {
		auth.Basic = &gateway.Basic{User: a.Basic.User, Passwords: a.Basic.Password.Reveal()}
	}
	if a.Header != nil {
		auth.Header = &gateway.Header{Name: a.Header.Name, Values: a.Header.Value.Reveal()}
	}
	if len(a.HMAC) == 0 {
		return auth
	}
	auth.Signature = &gateway.Signature{
		Scheme: gateway.Scheme(a.Scheme), Header: a.SignatureHeader, Timestamp: a.TimestampHeader,
	}
	for _, text := range a.HMAC.Reveal() {
		key, err := auth.Signature.Scheme.Key(text)
		if err != nil {
			*problems = append(*problems, cfg.Problem(path+".hmac", err.Error(), "copy it as its sender shows it: whsec_ and base64"))
			break
		}
		auth.Signature.Keys = append(auth.Signature.Keys, key)
	}
	return auth
}

// rateOf returns how many webhooks a hook takes. A rate of 30/min lets 30 come at once and
// one more every 2 s, unless the burst says otherwise.
func rateOf(hook config.Hook) gateway.Rate {
	r := hook.Rate
	if r.Count == 0 {
		return gateway.Rate{}
	}
	return gateway.Rate{Every: r.Per / time.Duration(r.Count), Burst: cmp.Or(hook.Burst, r.Count)}
}

func answerOf(hook config.Hook) *gateway.Answer {
	if hook.Answer == nil {
		return nil
	}
	return &gateway.Answer{Status: hook.Answer.Status, Body: string(hook.Answer.Body), ContentType: hook.Answer.ContentType}
}

func prefixes(networks []config.Network) []netip.Prefix {
	list := make([]netip.Prefix, len(networks))
	for i := range networks {
		list[i] = networks[i].Prefix
	}
	return list
}
