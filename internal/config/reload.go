package config

import "reflect"

// RestartNeeded names the fields, such as "gateway.listen", in which two configurations
// differ and which a reload does not apply. A reload applies rooms, hooks and gateway.wait.
func RestartNeeded(running, loaded *Config) []string {
	changed := differences(reflect.ValueOf(running).Elem(), reflect.ValueOf(loaded).Elem(), "")
	if !reflect.DeepEqual(running.Appservice.Registration, loaded.Appservice.Registration) {
		changed = append(changed, "appservice.registration")
	}
	return changed
}

func differences(a, b reflect.Value, path string) []string {
	var changed []string
	for _, f := range fieldsOf(a.Type()) {
		at, x, y := join(path, f.name), a.Field(f.index), b.Field(f.index)
		zone, isZone := x.Interface().(Timezone)
		switch {
		case f.reload:
		case isZone: // a location caches, so equal ones may differ
			if zone.String() != y.Interface().(Timezone).String() {
				changed = append(changed, at)
			}
		case x.Kind() == reflect.Struct && len(fieldsOf(f.typ)) > 0:
			changed = append(changed, differences(x, y, at)...)
		case !reflect.DeepEqual(x.Interface(), y.Interface()):
			changed = append(changed, at)
		}
	}
	return changed
}
