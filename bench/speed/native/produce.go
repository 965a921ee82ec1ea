package main

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// As the Java client's own: as many records as it takes to keep five requests of every broker full.
const bufferedRecordsMax = 200_000

func produce(o options) (outcome, error) {
	asked := newRequests()
	client, err := producer(o, kgo.ProducerLinger(5*time.Millisecond), asked.hook())
	if err != nil {
		return outcome{}, err
	}
	defer client.Close()
	if err := client.Ping(context.Background()); err != nil {
		return outcome{}, err
	}
	times := newLatencies(o.records)
	started := time.Now()
	if err := send(client, o, o.records, times); err != nil {
		return outcome{}, err
	}
	seconds := time.Since(started).Seconds()
	found := outcome{Requests: asked.count(), Records: o.records, Bytes: o.records * o.size, Seconds: seconds}
	found.LatencyMs = times.percentiles()
	return found, nil
}

func producer(o options, others ...kgo.Opt) (*kgo.Client, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(o.bootstrap),
		kgo.DefaultProduceTopic(o.topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchCompression(kgo.NoCompression()),
		kgo.ProducerBatchMaxBytes(int32(o.batch)),
		kgo.MaxBufferedRecords(bufferedRecordsMax),
	}
	return kgo.NewClient(append(options, others...)...)
}

// Sends so many records and waits until all are acknowledged.
func send(client *kgo.Client, o options, records int, times *latencies) error {
	value := filled(o.size)
	var firstError error
	var once sync.Once
	var waiting sync.WaitGroup
	waiting.Add(records)
	for i := 0; i < records; i++ {
		sent := time.Now()
		client.Produce(context.Background(), &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				once.Do(func() { firstError = err })
			}
			times.add(time.Since(sent))
			waiting.Done()
		})
	}
	waiting.Wait()
	return firstError
}

func filled(size int) []byte {
	value := make([]byte, size)
	_, _ = rand.Read(value)
	return value
}
