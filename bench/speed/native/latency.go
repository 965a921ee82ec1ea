package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// One record at a time, from before it is sent until a consumer has it. Apache Kafka's tool for it tells whole milliseconds.
func latency(o options) (outcome, error) {
	asked := newRequests()
	writer, err := producer(o, kgo.ProducerLinger(0), asked.hook())
	if err != nil {
		return outcome{}, err
	}
	defer writer.Close()
	consumer, err := kgo.NewClient(
		kgo.SeedBrokers(o.bootstrap),
		kgo.ConsumeTopics(o.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		asked.hook(),
	)
	if err != nil {
		return outcome{}, err
	}
	defer consumer.Close()
	value := filled(o.size)
	times := newLatencies(o.records)
	started := time.Now()
	for i := 0; i < o.records; i++ {
		sent := time.Now()
		if err := writer.ProduceSync(context.Background(), &kgo.Record{Value: value}).FirstErr(); err != nil {
			return outcome{}, err
		}
		if _, _, err := read(consumer, 1); err != nil {
			return outcome{}, err
		}
		times.add(time.Since(sent))
	}
	seconds := time.Since(started).Seconds()
	found := outcome{Requests: asked.count(), Records: o.records, Bytes: o.records * o.size, Seconds: seconds}
	found.LatencyMs = times.percentiles()
	return found, nil
}
