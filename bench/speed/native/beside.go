package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const besideEvery = 2 * time.Millisecond

// Reads so many records of a topic, from an offset on, while a producer sends a record to another one every two
// milliseconds. Latencies are those of the producer, from the moment at which a record was due.
func beside(o options) (outcome, error) {
	writer, err := producer(o, kgo.ProducerLinger(0))
	if err != nil {
		return outcome{}, err
	}
	defer writer.Close()
	from := map[string]map[int32]kgo.Offset{o.read: {0: kgo.NewOffset().At(int64(o.offset))}}
	consumer, err := kgo.NewClient(
		kgo.SeedBrokers(o.bootstrap),
		kgo.ConsumePartitions(from),
		kgo.FetchMaxBytes(fetchBytesMax),
		kgo.FetchMaxPartitionBytes(1<<20),
	)
	if err != nil {
		return outcome{}, err
	}
	defer consumer.Close()
	// The first ones of either kind also find the broker: they are not timed.
	if err := writer.ProduceSync(context.Background(), &kgo.Record{Value: filled(o.size)}).FirstErr(); err != nil {
		return outcome{}, err
	}
	before, _, err := read(consumer, 1)
	if err != nil {
		return outcome{}, err
	}
	stop := make(chan struct{})
	sent := make(chan error, 1)
	times := newLatencies(1 << 18)
	started := time.Now()
	go func() { sent <- sendSteadily(writer, filled(o.size), times, stop) }()
	records, bytes, err := read(consumer, o.records-before)
	seconds := time.Since(started).Seconds()
	close(stop)
	if sendError := <-sent; err == nil {
		err = sendError
	}
	return outcome{Records: records, Bytes: bytes, Seconds: seconds, LatencyMs: times.percentiles()}, err
}

func sendSteadily(client *kgo.Client, value []byte, times *latencies, stop <-chan struct{}) error {
	failed := make(chan error, 1)
	for due := time.Now(); ; due = due.Add(besideEvery) {
		select {
		case <-stop:
			return client.Flush(context.Background())
		case err := <-failed:
			return err
		case <-time.After(time.Until(due)):
		}
		client.Produce(context.Background(), &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			times.add(time.Since(due))
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		})
	}
}
