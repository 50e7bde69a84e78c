package app

import (
	"context"
	"errors"
	"fmt"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

// identity checks whether clients will take the bot for who it is.
func (c *onlineCheck) identity(ctx context.Context, client *mautrix.Client) {
	const what = "bot"
	file := c.cfg.Bot.RecoveryKeyFile
	key, err := recoveryFile(file).Load()
	if err != nil {
		c.problem(what, "the recovery key cannot be read: "+reason(err), "let lotus-hooks read "+file)
		return
	}
	known, err := client.QueryKeys(ctx, &mautrix.ReqQueryKeys{DeviceKeys: mautrix.DeviceKeysRequest{client.UserID: {}}})
	if errors.Is(err, mautrix.MUnrecognized) {
		return // a homeserver without encryption, such as the demo's
	}
	if err != nil {
		c.problem(what, "its cross-signing keys cannot be read: "+reason(err), "see what the homeserver's log says")
		return
	}
	_, exists := known.MasterKeys[client.UserID]
	switch {
	case !exists:
		c.good(what, "it has no cross-signing keys: they are made at the start, and %s will hold their recovery key", file)
	case key != "":
		c.good(what, "it has cross-signing keys, and %s holds a recovery key", file)
	case signedByUs(known, client):
		c.good(what, "it has cross-signing keys; keep their recovery key, for %s is gone", file)
	default:
		c.problem(what, "another program has made its cross-signing keys, and clients warn of it",
			fmt.Sprintf("put their recovery key into %s, or make new ones with: lotus-hooks bot reset-identity", file))
	}
}

// signedByUs says whether one of our devices is signed by the account: one that the program
// has made, or the one of the access token.
func signedByUs(known *mautrix.RespQueryKeys, client *mautrix.Client) bool {
	user := client.UserID
	self := known.SelfSigningKeys[user]
	signer := id.NewKeyID(id.KeyAlgorithmEd25519, self.FirstKey().String())
	for name, device := range known.DeviceKeys[user] {
		ours := name == client.DeviceID || device.Unsigned["device_display_name"] == "lotus-hooks"
		if _, signed := device.Signatures[user][signer]; signed && ours {
			return true
		}
	}
	return false
}
