// Command sdk-gen writes the SDKs of a package from its schema, as `pulumi package gen-sdk` does where
// the language hosts of Node, Python and Go can be had.
//
//	sdk-gen SCHEMA OUTPUT
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "npm run sdk"

type language struct {
	name     string
	generate func(*schema.Package) (map[string][]byte, error)
}

var languages = []language{
	{"nodejs", func(pkg *schema.Package) (map[string][]byte, error) {
		return nodejs.GeneratePackage(tool, pkg, nil, nil, false, nil)
	}},
	{"python", func(pkg *schema.Package) (map[string][]byte, error) {
		return python.GeneratePackage(tool, pkg, nil, nil)
	}},
	{"go", func(pkg *schema.Package) (map[string][]byte, error) {
		return gogen.GeneratePackage(tool, pkg, nil)
	}},
}

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: sdk-gen SCHEMA OUTPUT"))
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	for _, one := range languages {
		if err := write(one, text, filepath.Join(os.Args[2], one.name)); err != nil {
			fail(fmt.Errorf("%s: %w", one.name, err))
		}
	}
}

func write(one language, text []byte, directory string) error {
	// Anew for each: a generator writes into the package that it is given.
	var spec schema.PackageSpec
	if err := json.Unmarshal(text, &spec); err != nil {
		return err
	}
	// BindSpec, since it also checks the schema against Pulumi's own schema of schemas.
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	for _, one := range diagnostics {
		fmt.Fprintln(os.Stderr, one)
	}
	if diagnostics.HasErrors() {
		return fmt.Errorf("the schema is not valid")
	}
	files, err := one.generate(pkg)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
