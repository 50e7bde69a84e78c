package virtualusers

import "embed"

//go:embed avatars/*.png
var avatars embed.FS

// Data returns the image file.
func (p Picture) Data() []byte { return p.data }

// IsZero says that there is no picture.
func (p Picture) IsZero() bool { return p.hash == "" }

// Avatar returns the picture that comes with the program for a service, the zero value when
// there is none.
func Avatar(service string) Picture {
	data, err := avatars.ReadFile("avatars/" + service + ".png")
	if err != nil {
		return Picture{}
	}
	return NewPicture(data, "image/png")
}
