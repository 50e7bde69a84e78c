package homeserver

import (
	"maps"
	"net/http"
	"slices"
)

type deviceInfo struct {
	UserID      string `json:"user_id"`
	DeviceID    string `json:"device_id"`
	DisplayName string `json:"display_name,omitempty"`
}

func (s *Server) listDevices(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	devices := s.users[r.user].devices
	list := []deviceInfo{}
	for _, id := range slices.Sorted(maps.Keys(devices)) {
		list = append(list, deviceInfo{r.user, id, devices[id]})
	}
	return map[string]any{"devices": list}, nil
}

func (s *Server) getDevice(r *request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("device")
	name, ok := s.users[r.user].devices[id]
	if !ok {
		return nil, errNotFound("No device found")
	}
	return deviceInfo{r.user, id, name}, nil
}

// putDevice names a device. An appservice makes it, too, where it is missing (MSC4190).
func (s *Server) putDevice(r *request) (any, error) {
	var req struct {
		DisplayName string `json:"display_name"`
	}
	if err := r.decode(&req); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, devices := r.PathValue("device"), s.users[r.user].devices
	_, known := devices[id]
	if !known && r.appservice == nil {
		return nil, errNotFound("No device found")
	}
	devices[id] = req.DisplayName
	if !known {
		return reply{http.StatusCreated, struct{}{}}, nil
	}
	return struct{}{}, nil
}

func (s *Server) deleteDevice(r *request) (any, error) {
	if r.appservice == nil { // people would have to give their password again
		return nil, &matrixError{http.StatusUnauthorized, "M_FORBIDDEN", "Only appservices delete devices here"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.users[r.user].devices, r.PathValue("device"))
	return struct{}{}, nil
}
