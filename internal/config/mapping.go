package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// entry is a key of a mapping and its value, with aliases followed.
type entry struct {
	key   string
	at    Position // of the key
	value *yaml.Node
}

// maxNesting bounds how deep merge keys may refer to mappings with merge keys: an anchor
// may, by mistake, be merged into itself.
const maxNesting = 20

// entries returns what a mapping holds, merge keys included: the mapping's own keys first,
// then those that it does not have itself. Duplicate and unreadable keys are problems.
func (d *decoder) entries(n *yaml.Node, path string, depth int) []entry {
	var own, merged []entry
	seen := map[string]Position{}
	for i := 0; i+1 < len(n.Content) && d.spend(); i += 2 {
		key, value := follow(n.Content[i]), follow(n.Content[i+1])
		at := d.position(n.Content[i])
		switch {
		case key.Kind != yaml.ScalarNode:
			d.problemAt(at, path, "has a key that is no text", "use a name")
		case key.Tag == "!!merge":
			merged = append(merged, d.mergedEntries(value, at, path, depth)...)
		case seen[key.Value].Line > 0:
			d.problemAt(at, join(path, key.Value), fmt.Sprintf("is given twice, first in line %d", seen[key.Value].Line), "keep one")
		default:
			seen[key.Value] = at
			own = append(own, entry{key.Value, at, value})
		}
	}
	// A secret of its own takes the place of a merged one, whichever of x and x_file they are.
	has := map[string]bool{}
	for _, e := range own {
		has[stem(e.key)] = true
	}
	for _, e := range merged {
		if !has[stem(e.key)] {
			has[e.key] = true
			own = append(own, e)
		}
	}
	return own
}

// mergedEntries returns what a merge key brings: a mapping, or a list of them.
func (d *decoder) mergedEntries(n *yaml.Node, at Position, path string, depth int) []entry {
	sources := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		sources = n.Content
	}
	var all []entry
	for _, source := range sources {
		source = follow(source)
		if source.Kind != yaml.MappingNode || depth >= maxNesting {
			d.problemAt(at, join(path, "<<"), "cannot be merged", "name the anchor of another mapping, as in <<: *name")
			return nil
		}
		all = append(all, d.entries(source, path, depth+1)...)
	}
	return all
}

func stem(key string) string { return strings.TrimSuffix(key, fileSuffix) }

// follow returns what an alias stands for.
func follow(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
