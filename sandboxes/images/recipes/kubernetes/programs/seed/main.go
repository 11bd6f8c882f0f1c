// Puts container images into the store of a containerd that does not run, so that a node image has them from the start.
//
// Usage: seed STORE LAYERS NAME=LAYER[,LAYER…][=ENTRYPOINT]…
//
// LAYERS holds one folder per layer. Images that name the same layer share it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/metadata"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	bolt "go.etcd.io/bbolt"
)

// The namespace in which Kubernetes looks for images.
const namespace = "k8s.io"

type store struct {
	content content.Store
	images  images.Store
	folder  string
	layers  map[string]ocispec.Descriptor
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 4 {
		log.Fatal("usage: seed STORE LAYERS NAME=LAYER[,LAYER...][=ENTRYPOINT]...")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		log.Fatal(err)
	}
}

func run(root, folder string, wanted []string) error {
	ctx := namespaces.WithNamespace(context.Background(), namespace)
	blobs, err := local.NewStore(filepath.Join(root, "io.containerd.content.v1.content"))
	if err != nil {
		return err
	}
	place := filepath.Join(root, "io.containerd.metadata.v1.bolt")
	if err := os.MkdirAll(place, 0o711); err != nil {
		return err
	}
	file, err := bolt.Open(filepath.Join(place, "meta.db"), 0o644, nil)
	if err != nil {
		return err
	}
	defer file.Close()
	db := metadata.NewDB(file, blobs, nil)
	if err := db.Init(ctx); err != nil {
		return err
	}
	create := func(tx *bolt.Tx) error { return metadata.NewNamespaceStore(tx).Create(ctx, namespace, nil) }
	if err := file.Update(create); err != nil {
		return err
	}
	into := &store{db.ContentStore(), metadata.NewImageStore(db), folder, map[string]ocispec.Descriptor{}}
	for _, each := range wanted {
		name, rest, found := strings.Cut(each, "=")
		if !found {
			return fmt.Errorf("%s names no layer", each)
		}
		layers, entrypoint, _ := strings.Cut(rest, "=")
		if err := into.add(ctx, name, strings.Split(layers, ","), entrypoint); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// add stores one image: its layers as far as they are new, its configuration, and the manifest that names them.
func (s *store) add(ctx context.Context, name string, layers []string, entrypoint string) error {
	config := ocispec.Image{
		Platform: ocispec.Platform{Architecture: runtime.GOARCH, OS: "linux"},
		Config:   ocispec.ImageConfig{Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}},
		RootFS:   ocispec.RootFS{Type: "layers"},
	}
	if entrypoint != "" {
		config.Config.Entrypoint = []string{entrypoint}
	}
	manifest := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	labels := map[string]string{}
	for number, each := range layers {
		layer, err := s.layer(ctx, each)
		if err != nil {
			return err
		}
		manifest.Layers = append(manifest.Layers, layer)
		// An uncompressed layer is its own content.
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, layer.Digest)
		labels[fmt.Sprintf("containerd.io/gc.ref.content.l.%d", number)] = layer.Digest.String()
	}
	described, err := s.document(ctx, ocispec.MediaTypeImageConfig, config, nil)
	if err != nil {
		return err
	}
	manifest.Config = described
	labels["containerd.io/gc.ref.content.config"] = described.Digest.String()
	target, err := s.document(ctx, ocispec.MediaTypeImageManifest, manifest, labels)
	if err != nil {
		return err
	}
	now := time.Now()
	_, err = s.images.Create(ctx, images.Image{Name: name, Target: target, CreatedAt: now, UpdatedAt: now})
	return err
}

// layer stores a folder as a layer, once.
func (s *store) layer(ctx context.Context, name string) (ocispec.Descriptor, error) {
	if known, found := s.layers[name]; found {
		return known, nil
	}
	packed, err := os.CreateTemp("", "layer")
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	defer os.Remove(packed.Name())
	defer packed.Close()
	if err := pack(packed, filepath.Join(s.folder, name)); err != nil {
		return ocispec.Descriptor{}, err
	}
	size, err := packed.Seek(0, 1)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	if _, err := packed.Seek(0, 0); err != nil {
		return ocispec.Descriptor{}, err
	}
	sum, err := digest.FromReader(packed)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	if _, err := packed.Seek(0, 0); err != nil {
		return ocispec.Descriptor{}, err
	}
	layer := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: sum, Size: size}
	s.layers[name] = layer
	return layer, content.WriteBlob(ctx, s.content, sum.String(), packed, layer)
}

// document stores a JSON document, with labels that keep what it names from being collected as garbage.
func (s *store) document(
	ctx context.Context, kind string, value any, labels map[string]string,
) (ocispec.Descriptor, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	described := ocispec.Descriptor{MediaType: kind, Digest: digest.FromBytes(text), Size: int64(len(text))}
	err = content.WriteBlob(
		ctx, s.content, described.Digest.String(), bytes.NewReader(text), described, content.WithLabels(labels),
	)
	return described, err
}
