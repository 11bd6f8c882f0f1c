// The network of Pods on one node: writes the configuration of the container runtime's network plugins, keeps a route
// to the Pods of every other node, and hides Pods behind the node's address where they leave the cluster.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	listers "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

// Routes that this program made bear this number, so that it removes no others.
const protocol = 77

const plugins = `{
  "cniVersion": "1.0.0",
  "name": "slipway",
  "plugins": [
    {
      "type": "ptp",
      "mtu": %d,
      "ipam": {"type": "host-local", "dataDir": "/run/cni-ipam", "ranges": [[{"subnet": %q}]],
        "routes": [{"dst": "0.0.0.0/0"}]}
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`

func main() {
	log.SetFlags(0)
	pods := flag.String("pods", "10.244.0.0/16", "the addresses of all Pods, which see each other's own")
	folder := flag.String("folder", "/etc/cni/net.d", "where the network plugins are configured")
	flag.Parse()
	if err := run(context.Background(), os.Getenv("NODE"), *pods, *folder); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, node, pods, folder string) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	if err := masquerade(ctx, pods); err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	changed <- struct{}{}
	notice := func(any) {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	factory := informers.NewSharedInformerFactory(client, 5*time.Minute)
	nodes := factory.Core().V1().Nodes()
	_, err = nodes.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: notice, UpdateFunc: func(_, now any) { notice(now) }, DeleteFunc: notice,
	})
	if err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	for range changed {
		if err := apply(nodes.Lister(), node, folder); err != nil {
			log.Print(err)
			time.AfterFunc(time.Second, func() { notice(nil) })
		}
	}
	return nil
}

// apply makes the node agree with what the cluster says about all nodes.
func apply(nodes listers.NodeLister, own, folder string) error {
	all, err := nodes.List(labels.Everything())
	if err != nil {
		return err
	}
	wanted := map[string]net.IP{}
	for _, each := range all {
		if each.Spec.PodCIDR == "" {
			continue
		}
		if each.Name == own {
			if err := configure(folder, each.Spec.PodCIDR); err != nil {
				return err
			}
		} else if address := internal(each); address != nil {
			wanted[each.Spec.PodCIDR] = address
		}
	}
	return route(wanted)
}

func internal(node *corev1.Node) net.IP {
	for _, address := range node.Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			return net.ParseIP(address.Address)
		}
	}
	return nil
}

// configure writes the plugins' configuration whole: the container runtime reads it as soon as it is there.
func configure(folder, subnet string) error {
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	text := fmt.Sprintf(plugins, link.Attrs().MTU, subnet)
	path := filepath.Join(folder, "10-slipway.conflist")
	if present, err := os.ReadFile(path); err == nil && string(present) == text {
		return nil
	}
	log.Printf("Pods of this node get their addresses from %s", subnet)
	temporary := filepath.Join(folder, ".slipway")
	if err := os.WriteFile(temporary, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// route replaces the routes of this program by those to the wanted Pod networks.
func route(wanted map[string]net.IP) error {
	filter := &netlink.Route{Protocol: protocol}
	present, err := netlink.RouteListFiltered(netlink.FAMILY_V4, filter, netlink.RT_FILTER_PROTOCOL)
	if err != nil {
		return err
	}
	for _, each := range present {
		if gateway, found := wanted[each.Dst.String()]; found && gateway.Equal(each.Gw) {
			continue
		}
		if err := netlink.RouteDel(&each); err != nil {
			return fmt.Errorf("route to %s: %w", each.Dst, err)
		}
	}
	for subnet, gateway := range wanted {
		_, destination, err := net.ParseCIDR(subnet)
		if err != nil {
			return err
		}
		if err := netlink.RouteReplace(&netlink.Route{Dst: destination, Gw: gateway, Protocol: protocol}); err != nil {
			return fmt.Errorf("route to %s through %s: %w", subnet, gateway, err)
		}
	}
	return nil
}

// masquerade gives what Pods send out of the cluster the address of their node. Between Pods, addresses stay.
func masquerade(ctx context.Context, pods string) error {
	rule := []string{"POSTROUTING", "-s", pods, "!", "-d", pods, "-m", "comment", "--comment", "leaves the Pod network",
		"-j", "MASQUERADE"}
	for _, action := range []string{"-C", "-A"} {
		done := exec.CommandContext(ctx, "iptables", append([]string{"-w", "-t", "nat", action}, rule...)...)
		output, err := done.CombinedOutput()
		if err == nil {
			return nil
		}
		if action == "-A" {
			return fmt.Errorf("iptables: %w: %s", err, strings.TrimSpace(string(output)))
		}
	}
	return nil
}
