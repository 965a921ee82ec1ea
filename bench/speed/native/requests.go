package main

import (
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// What clients ask a broker: how many requests were answered, and how long each fetch took until its answer was read.
type requests struct {
	answered atomic.Int64
	fetches  *latencies
}

func newRequests() *requests {
	return &requests{fetches: newLatencies(1 << 16)}
}

func (r *requests) OnBrokerE2E(_ kgo.BrokerMetadata, key int16, took kgo.BrokerE2E) {
	if took.Err() != nil {
		return
	}
	r.answered.Add(1)
	if key == kmsg.Fetch.Int16() {
		r.fetches.add(took.DurationE2E())
	}
}

func (r *requests) count() int {
	return int(r.answered.Load())
}

// For a client whose requests are to be counted.
func (r *requests) hook() kgo.Opt {
	return kgo.WithHooks(r)
}
