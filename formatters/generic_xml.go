package formatters

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// parseXML reads an XML document: an element with children or attributes becomes an
// object, any other a string, and elements of one name an array. What only wraps, such as
// a SOAP envelope and its body, is taken off.
func parseXML(doc string) (*node, bool) {
	d := xml.NewDecoder(strings.NewReader(doc))
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	root := &node{kind: '{'}
	stack := []*node{root}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(stack) > 10*maxNesting {
			return nil, false
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			stack = append(stack, startElement(t))
		case xml.CharData:
			top.text += string(t)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
			stack[len(stack)-1].set(t.Name.Local, endElement(top))
		}
	}
	if len(stack) != 1 || len(root.fields) == 0 || strings.TrimSpace(root.text) != "" {
		return nil, false
	}
	root.text = ""
	for len(root.fields) == 1 && root.fields[0].value.kind == '{' {
		root = root.fields[0].value
	}
	return root, true
}

func startElement(t xml.StartElement) *node {
	n := &node{kind: '{'}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			n.set(a.Name.Local, textNode(a.Value))
		}
	}
	return n
}

func endElement(n *node) *node {
	text := strings.TrimSpace(n.text)
	n.text = ""
	if len(n.fields) == 0 {
		return textNode(text)
	}
	if text != "" {
		n.set("text", textNode(text))
	}
	return n
}
