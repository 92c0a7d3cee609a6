package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what this host reads of a package.json.
type manifest struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Main            string            `json:"main"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
	Pulumi          struct {
		Resource         bool              `json:"resource"`
		Name             string            `json:"name"`
		Version          string            `json:"version"`
		Server           string            `json:"server"`
		Parameterization *parameterization `json:"parameterization"`
	} `json:"pulumi"`
}

type parameterization struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Value   []byte `json:"value"`
}

func readManifest(directory string) (manifest, bool) {
	var found manifest
	content, err := os.ReadFile(filepath.Join(directory, "package.json"))
	if err != nil || json.Unmarshal(content, &found) != nil {
		return manifest{}, false
	}
	return found, true
}

// nodeModules lists the node_modules folders that a program in the directory can load from, nearest first.
func nodeModules(directory string) []string {
	var found []string
	for {
		candidate := filepath.Join(directory, "node_modules")
		if info, err := os.Stat(candidate); err == nil && info.IsDir() {
			found = append(found, candidate)
		}
		parent := filepath.Dir(directory)
		if parent == directory {
			return found
		}
		directory = parent
	}
}

// resolveModule finds NAME or @SCOPE/NAME with a folder or file inside it, without asking node;
// "" when it is not as simple as that.
func resolveModule(module, directory string) string {
	for _, modules := range nodeModules(directory) {
		candidate := filepath.Join(modules, filepath.FromSlash(module))
		for _, file := range []string{candidate + ".js", filepath.Join(candidate, "index.js")} {
			if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
				if real, err := filepath.EvalSymlinks(file); err == nil {
					return real
				}
			}
		}
	}
	return ""
}

// installed lists every package that the program's own node_modules folders hold.
func installed(directory string) map[string]manifest {
	packages := map[string]manifest{}
	for _, modules := range nodeModules(directory) {
		for _, pattern := range []string{"*", "@*/*"} {
			folders, _ := filepath.Glob(filepath.Join(modules, pattern))
			for _, folder := range folders {
				base := filepath.Base(folder)
				if strings.HasPrefix(base, "@") || strings.HasPrefix(base, ".") {
					continue
				}
				if found, ok := readManifest(folder); ok {
					if _, nearer := packages[found.Name]; !nearer {
						packages[found.Name] = found
					}
				}
			}
		}
	}
	return packages
}

// requiredPackages says which resource plugins the program's SDK packages need. Only those that
// the program's package.json depends on are named: a plugin that is installed for something else
// in a shared node_modules would be fetched for nothing.
func requiredPackages(directory string) []*pulumirpc.PackageDependency {
	root, ok := readManifest(directory)
	if !ok {
		return nil
	}
	var required []*pulumirpc.PackageDependency
	for name := range root.Dependencies {
		for _, modules := range nodeModules(directory) {
			found, ok := readManifest(filepath.Join(modules, filepath.FromSlash(name)))
			if !ok {
				continue
			}
			if found.Pulumi.Resource {
				required = append(required, packageDependency(found))
			}
			break
		}
	}
	sort.Slice(required, func(i, j int) bool { return required[i].Name < required[j].Name })
	return required
}

func packageDependency(found manifest) *pulumirpc.PackageDependency {
	dependency := &pulumirpc.PackageDependency{
		Kind: "resource", Name: found.Pulumi.Name, Version: found.Pulumi.Version, Server: found.Pulumi.Server,
	}
	if dependency.Name == "" {
		dependency.Name = strings.TrimPrefix(found.Name, "@pulumi/")
	}
	if dependency.Version == "" {
		dependency.Version = found.Version
	}
	if !strings.HasPrefix(dependency.Version, "v") {
		dependency.Version = "v" + dependency.Version
	}
	if extra := found.Pulumi.Parameterization; extra != nil {
		dependency.Parameterization = &pulumirpc.PackageParameterization{
			Name: extra.Name, Version: extra.Version, Value: extra.Value,
		}
	}
	return dependency
}

func programDependencies(directory string, transitive bool) []*pulumirpc.DependencyInfo {
	root, _ := readManifest(directory)
	var dependencies []*pulumirpc.DependencyInfo
	for name, found := range installed(directory) {
		_, direct := root.Dependencies[name]
		_, development := root.DevDependencies[name]
		if transitive || direct || development {
			dependencies = append(dependencies, &pulumirpc.DependencyInfo{Name: name, Version: found.Version})
		}
	}
	sort.Slice(dependencies, func(i, j int) bool { return dependencies[i].Name < dependencies[j].Name })
	return dependencies
}
