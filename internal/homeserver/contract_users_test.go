package homeserver_test

import (
	"net/http"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"
)

func contractUsers(t *testing.T, h *harness) {
	t.Run("RegisterTwice", func(t *testing.T) {
		user := h.as.NewIntentAPI(h.name("hookshot_"))
		must(t, user.Register(t.Context()))
		err := user.Register(t.Context())
		wantCode(t, err, mautrix.MUserInUse)
		wantStatus(t, err, http.StatusBadRequest)
	})
	t.Run("ErrNotOurs", func(t *testing.T) {
		wantReply(t, h.ask(t, "POST", "v3/register", map[string]any{
			"type": "m.login.application_service", "username": h.name("stranger"), "inhibit_login": true,
		}), 400, "M_EXCLUSIVE")
	})
	t.Run("ErrLoginWanted", func(t *testing.T) {
		wantReply(t, h.ask(t, "POST", "v3/register", map[string]any{
			"type": "m.login.application_service", "username": h.name("hookshot_"),
		}), 400, "IO.ELEMENT.MSC4190.M_APPSERVICE_LOGIN_UNSUPPORTED")
	})
	t.Run("ErrPersonRegisters", func(t *testing.T) {
		wantReply(t, h.askAs(t, "", "POST", "v3/register", map[string]any{
			"username": h.name("person"), "password": "a password", "auth": map[string]any{"type": "m.login.dummy"},
		}), 403, "M_FORBIDDEN")
	})
	t.Run("ErrNotRegistered", func(t *testing.T) {
		wantReply(t, h.ask(t, "GET", "v3/account/whoami?user_id=@"+h.name("hookshot_")+":"+domain, nil), 403, "M_FORBIDDEN")
	})
	t.Run("ErrMasquerade", func(t *testing.T) {
		person := h.person(t)
		wantReply(t, h.ask(t, "GET", "v3/account/whoami?user_id="+person.UserID.String(), nil), 403, "M_FORBIDDEN")
	})
	t.Run("ErrTokenUnknown", func(t *testing.T) {
		wantReply(t, h.askAs(t, "wrong", "GET", "v3/account/whoami", nil), 401, "M_UNKNOWN_TOKEN")
	})
	t.Run("ErrTokenMissing", func(t *testing.T) {
		wantReply(t, h.askAs(t, "", "GET", "v3/account/whoami", nil), 401, "M_MISSING_TOKEN")
	})
	t.Run("WhoamiBot", func(t *testing.T) {
		resp, err := h.as.BotIntent().Whoami(t.Context())
		must(t, err)
		if resp.UserID != h.as.BotMXID() || resp.DeviceID != "" {
			t.Errorf("whoami %+v", resp)
		}
	})
	t.Run("WhoamiUserAndDevice", func(t *testing.T) {
		user := h.intent(t, "D")
		resp, err := user.Whoami(t.Context())
		must(t, err)
		if resp.UserID != user.UserID || resp.DeviceID != "D" {
			t.Errorf("whoami %+v", resp)
		}
	})
}

func contractDevices(t *testing.T, h *harness) {
	user := h.intent(t, "")
	path := "v3/devices/LOTUS?user_id=" + user.UserID.String()
	wantReply(t, h.ask(t, "GET", path, nil), 404, "M_NOT_FOUND")
	wantReply(t, h.ask(t, "GET", "v3/account/whoami?device_id=LOTUS&user_id="+user.UserID.String(), nil), 400, "ORG.MATRIX.MSC4326.M_UNKNOWN_DEVICE")
	wantReply(t, h.ask(t, "PUT", path, map[string]any{"display_name": "lotus-hooks"}), 201, "")
	wantReply(t, h.ask(t, "PUT", path, map[string]any{"display_name": "renamed"}), 200, "")
	device, err := user.GetDeviceInfo(t.Context(), "LOTUS")
	must(t, err)
	if device.DisplayName != "renamed" || device.DeviceID != "LOTUS" {
		t.Errorf("device %+v", device)
	}
	all, err := user.GetDevicesInfo(t.Context())
	must(t, err)
	if len(all.Devices) != 1 || all.Devices[0].DeviceID != "LOTUS" {
		t.Errorf("devices %+v", all)
	}
	wantReply(t, h.ask(t, "DELETE", path, map[string]any{}), 200, "")
	wantReply(t, h.ask(t, "GET", path, nil), 404, "M_NOT_FOUND")
}

func contractProfile(t *testing.T, h *harness) {
	owner, user := h.person(t), h.intent(t, "D")
	room := h.room(t, owner, user)
	avatar := id.MustParseContentURI("mxc://" + domain + "/avatar")

	t.Run("OK", func(t *testing.T) {
		must(t, user.SetDisplayName(t.Context(), "Grafana"))
		must(t, user.SetAvatarURL(t.Context(), avatar))
		profile, err := owner.GetProfile(t.Context(), user.UserID)
		must(t, err)
		if profile.DisplayName != "Grafana" || profile.AvatarURL != avatar {
			t.Errorf("profile %+v", profile)
		}
	})
	t.Run("ReachesRooms", func(t *testing.T) {
		deadline := time.Now().Add(10 * time.Second) // Synapse does it in the background
		for {
			members, err := owner.JoinedMembers(t.Context(), room)
			must(t, err)
			if m := members.Joined[user.UserID]; m.DisplayName == "Grafana" && m.AvatarURL == avatar.String() {
				return
			} else if time.Now().After(deadline) {
				t.Fatalf("member %+v", m)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	t.Run("ErrUserUnknown", func(t *testing.T) {
		_, err := owner.GetProfile(t.Context(), id.NewUserID("nobody", domain))
		wantStatus(t, err, http.StatusNotFound)
	})
	t.Run("ErrNotOwn", func(t *testing.T) {
		wantReply(t, h.ask(t, "PUT", "v3/profile/"+owner.UserID.String()+"/displayname?user_id="+user.UserID.String(),
			map[string]any{"displayname": "x"}), 400, "M_FORBIDDEN")
	})
}

func contractMedia(t *testing.T, h *harness) {
	user := h.intent(t, "D")
	resp, err := user.UploadMedia(t.Context(), mautrix.ReqUploadMedia{
		ContentBytes: []byte("a picture"), ContentType: "image/png", FileName: "grafana.png",
	})
	must(t, err)
	if resp.ContentURI.Homeserver != domain || resp.ContentURI.FileID == "" {
		t.Fatalf("content uri %s", resp.ContentURI)
	}
	user.SpecVersions, err = user.Versions(t.Context())
	must(t, err)
	download, err := user.Download(t.Context(), resp.ContentURI)
	must(t, err)
	_ = download.Body.Close()
	if got := download.Header.Get("Content-Type"); got != "image/png" {
		t.Errorf("content type %q", got)
	}
	data, err := user.DownloadBytes(t.Context(), resp.ContentURI)
	must(t, err)
	if string(data) != "a picture" {
		t.Errorf("data %q", data)
	}
	path := "v1/media/download/" + domain + "/"
	wantReply(t, h.askAs(t, "", "GET", path+resp.ContentURI.FileID, nil), 401, "M_MISSING_TOKEN")
	wantReply(t, h.ask(t, "GET", path+"nothing", nil), 404, "M_NOT_FOUND")
}

func contractPing(t *testing.T, h *harness) {
	before := h.pings.Load()
	resp, err := h.as.BotIntent().AppservicePing(t.Context(), "contract", "ping-1")
	must(t, err)
	if resp.DurationMS < 0 || h.pings.Load() == before {
		t.Errorf("ping %+v", resp)
	}
	_, err = h.as.BotIntent().AppservicePing(t.Context(), "another", "ping-2")
	wantCode(t, err, mautrix.MForbidden)
	_, err = h.person(t).AppservicePing(t.Context(), "contract", "ping-3")
	wantCode(t, err, mautrix.MForbidden)
}

func contractUnknown(t *testing.T, h *harness) {
	wantReply(t, h.ask(t, "GET", "v3/nothing", nil), 404, "M_UNRECOGNIZED")
	wantReply(t, h.ask(t, "PATCH", "v3/account/whoami", nil), 405, "M_UNRECOGNIZED")
	versions, err := h.as.BotIntent().Versions(t.Context())
	must(t, err)
	if !versions.Supports(mautrix.FeatureAuthenticatedMedia) {
		t.Errorf("versions %v", versions.Versions)
	}
	caps, err := h.as.BotIntent().Capabilities(t.Context())
	must(t, err)
	if caps.RoomVersions.Default != "12" || caps.RoomVersions.Available["12"] != "stable" {
		t.Errorf("room versions %+v", caps.RoomVersions)
	}
}

func contractLogin(t *testing.T, h *harness) {
	t.Run("OK", func(t *testing.T) {
		client := h.person(t)
		who, err := client.Whoami(t.Context())
		must(t, err)
		if who.UserID != client.UserID || who.DeviceID != client.DeviceID || who.DeviceID == "" {
			t.Errorf("whoami %+v", who)
		}
		_, err = client.Logout(t.Context())
		must(t, err)
		_, err = client.Whoami(t.Context())
		wantCode(t, err, mautrix.MUnknownToken)
	})
	t.Run("ErrPassword", func(t *testing.T) {
		client := h.person(t)
		_, err := client.Login(t.Context(), &mautrix.ReqLogin{
			Type:       mautrix.AuthTypePassword,
			Identifier: mautrix.UserIdentifier{Type: mautrix.IdentifierTypeUser, User: client.UserID.Localpart()},
			Password:   "wrong",
		})
		wantCode(t, err, mautrix.MForbidden)
		wantStatus(t, err, http.StatusForbidden)
	})
	t.Run("ErrAppservice", func(t *testing.T) {
		user := h.intent(t, "")
		wantReply(t, h.ask(t, "POST", "v3/login", map[string]any{
			"type":       "m.login.application_service",
			"identifier": map[string]any{"type": "m.id.user", "user": user.UserID},
		}), 400, "IO.ELEMENT.MSC4190.M_APPSERVICE_LOGIN_UNSUPPORTED")
	})
}
