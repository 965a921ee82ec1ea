// The light load of the bench: franz-go, so that the client is not what is measured. It prints one JSON object.
//
//	native produce  --bootstrap HOST:PORT --topic T --records N --size BYTES --batch BYTES
//	native fetch    --bootstrap HOST:PORT --topic T --records N
//	native latency  --bootstrap HOST:PORT --topic T --records N --size BYTES     the topic is empty
//	native beside   --bootstrap HOST:PORT --topic T --size BYTES --read T --offset N --records N
//	native raw      --bootstrap HOST:PORT --topic T --topics N --partitions N --size BYTES --batch BYTES
//	                --clients N --inflight N [--requests N] [--seconds N]     the topics are T-0, T-1, …
//	native fan      --bootstrap HOST:PORT --topic T --records N --size BYTES --clients N
//	native idle     --bootstrap HOST:PORT --connections N            waits for a line on stdin, then ends
//	native groups   --bootstrap HOST:PORT --topic T --groups N       the same, with four members in each group
//	native kfake                                                     a broker in memory; waits for a line on stdin
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

// What each way of loading may be told.
type options struct {
	bootstrap   string
	topic       string
	records     int
	size        int
	batch       int
	clients     int
	connections int
	groups      int
	read        string
	offset      int
	topics      int
	partitions  int
	inFlight    int
	requests    int
	seconds     int
}

// What a load found. Latencies are in milliseconds; those that it did not measure are left out.
type outcome struct {
	Requests  int                `json:"requests,omitempty"`
	Records   int                `json:"records"`
	Bytes     int                `json:"bytes"`
	Seconds   float64            `json:"seconds"`
	LatencyMs map[string]float64 `json:"latencyMs,omitempty"`
}

var loads = map[string]func(options) (outcome, error){
	"produce": produce,
	"fetch":   fetch,
	"latency": latency,
	"beside":  beside,
	"raw":     raw,
	"fan":     fan,
	"idle":    idle,
	"groups":  groups,
	"kfake":   serveFake,
}

func main() {
	if len(os.Args) < 2 || loads[os.Args[1]] == nil {
		fail(fmt.Errorf("the first word must name a load: produce, fetch, latency, beside, raw, fan, idle, groups or kfake"))
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.bootstrap, "bootstrap", "", "host:port")
	flags.StringVar(&o.topic, "topic", "", "topic")
	flags.IntVar(&o.records, "records", 0, "records in all")
	flags.IntVar(&o.size, "size", 0, "bytes of a record's value")
	flags.IntVar(&o.batch, "batch", 65536, "bytes of a batch at most")
	flags.IntVar(&o.clients, "clients", 1, "clients of each kind")
	flags.IntVar(&o.connections, "connections", 0, "connections")
	flags.IntVar(&o.groups, "groups", 0, "groups")
	flags.StringVar(&o.read, "read", "", "the topic that is read")
	flags.IntVar(&o.offset, "offset", 0, "where reading begins")
	flags.IntVar(&o.topics, "topics", 1, "topics")
	flags.IntVar(&o.partitions, "partitions", 1, "partitions of each topic")
	flags.IntVar(&o.inFlight, "inflight", 1, "requests in flight on each connection")
	flags.IntVar(&o.requests, "requests", 0, "requests in all; 0 for as many as come")
	flags.IntVar(&o.seconds, "seconds", 0, "how long to send; 0 for as long as it takes")
	if err := flags.Parse(os.Args[2:]); err != nil {
		fail(err)
	}
	found, err := loads[os.Args[1]](o)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
