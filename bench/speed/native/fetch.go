package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const fetchBytesMax = 50 << 20

// Reads the topic from its beginning, as a consumer without a group. Latencies are those of the fetches.
func fetch(o options) (outcome, error) {
	asked := newRequests()
	client, err := reader(o, asked.hook())
	if err != nil {
		return outcome{}, err
	}
	defer client.Close()
	started := time.Now()
	records, bytes, err := read(client, o.records)
	seconds := time.Since(started).Seconds()
	found := outcome{Requests: asked.count(), Records: records, Bytes: bytes, Seconds: seconds}
	found.LatencyMs = asked.fetches.percentiles()
	return found, err
}

func reader(o options, others ...kgo.Opt) (*kgo.Client, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(o.bootstrap),
		kgo.ConsumeTopics(o.topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxBytes(fetchBytesMax),
		kgo.FetchMaxPartitionBytes(1 << 20),
	}
	return kgo.NewClient(append(options, others...)...)
}

// Polls until so many records have come.
func read(client *kgo.Client, wanted int) (records int, bytes int, err error) {
	for records < wanted {
		fetches := client.PollFetches(context.Background())
		if err := fetches.Err(); err != nil {
			return records, bytes, err
		}
		fetches.EachRecord(func(record *kgo.Record) {
			records++
			bytes += len(record.Value)
		})
	}
	return records, bytes, nil
}
