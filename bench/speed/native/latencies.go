package main

import (
	"sort"
	"sync"
	"time"
)

// How long each thing took that a load waits for: a record until it was acknowledged, a request until its answer.
type latencies struct {
	lock  sync.Mutex
	times []time.Duration
}

func newLatencies(room int) *latencies {
	return &latencies{times: make([]time.Duration, 0, room)}
}

func (l *latencies) add(took time.Duration) {
	l.lock.Lock()
	l.times = append(l.times, took)
	l.lock.Unlock()
}

func (l *latencies) percentiles() map[string]float64 {
	l.lock.Lock()
	defer l.lock.Unlock()
	if len(l.times) == 0 {
		return nil
	}
	sort.Slice(l.times, func(i, j int) bool { return l.times[i] < l.times[j] })
	at := func(share float64) float64 {
		return float64(l.times[min(len(l.times)-1, int(share*float64(len(l.times))))].Microseconds()) / 1000
	}
	return map[string]float64{"p50": at(0.5), "p99": at(0.99), "p999": at(0.999)}
}
