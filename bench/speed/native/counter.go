package main

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Records that several readers have read together.
type counter struct {
	records atomic.Int64
}

// A reader whose partitions are drained looks now and then whether the others are done.
const lookEvery = 200 * time.Millisecond

func (c *counter) readUntil(client *kgo.Client, wanted int) error {
	for c.records.Load() < int64(wanted) {
		ctx, cancel := context.WithTimeout(context.Background(), lookEvery)
		fetches := client.PollFetches(ctx)
		timedOut := ctx.Err() != nil
		cancel()
		if err := fetches.Err(); err != nil && !timedOut {
			return err
		}
		c.records.Add(int64(fetches.NumRecords()))
	}
	return nil
}
