package main

import (
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Many producers write while as many consumers, each for itself, read it all: told is what was written and then read.
func fan(o options) (outcome, error) {
	asked := newRequests()
	producers, err := many(o.clients, func() (*kgo.Client, error) {
		return producer(o, kgo.ProducerLinger(5*time.Millisecond), asked.hook())
	})
	if err != nil {
		return outcome{}, err
	}
	consumers, err := many(o.clients, func() (*kgo.Client, error) { return groupReader(o, asked.hook()) })
	if err != nil {
		return outcome{}, err
	}
	share := o.records / o.clients
	errors := make(chan error, 2*o.clients)
	times := newLatencies(o.records)
	started := time.Now()
	var waiting sync.WaitGroup
	for _, client := range producers {
		waiting.Go(func() { errors <- send(client, o, share, times) })
	}
	var counted counter
	for _, client := range consumers {
		waiting.Go(func() { errors <- counted.readUntil(client, share*o.clients) })
	}
	waiting.Wait()
	seconds := time.Since(started).Seconds()
	for _, client := range append(producers, consumers...) {
		client.Close()
	}
	close(errors)
	for err := range errors {
		if err != nil {
			return outcome{}, err
		}
	}
	records := share * o.clients
	found := outcome{Requests: asked.count(), Records: records, Bytes: records * o.size, Seconds: seconds}
	found.LatencyMs = times.percentiles()
	return found, nil
}

func many[C any](count int, open func() (C, error)) ([]C, error) {
	clients := make([]C, 0, count)
	for i := 0; i < count; i++ {
		client, err := open()
		if err != nil {
			return nil, err
		}
		clients = append(clients, client)
	}
	return clients, nil
}

// All readers share one group, so that each partition has one of them.
func groupReader(o options, hook kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(
		kgo.SeedBrokers(o.bootstrap),
		kgo.ConsumerGroup("bench-"+o.topic),
		kgo.ConsumeTopics(o.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxBytes(fetchBytesMax),
		hook,
	)
}
