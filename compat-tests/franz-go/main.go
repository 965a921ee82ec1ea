// The scenarios of the compatibility suite with franz-go.
package main

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kversion"
	"samsa.test/compat"
)

const callTimeout = 60 * time.Second

type client struct {
	admin
	servers []string
}

func main() {
	compat.Run(func(servers []string) (compat.Client, error) {
		connection, err := kgo.NewClient(kgo.SeedBrokers(servers...), kgo.MetadataMinAge(100*time.Millisecond))
		if err != nil {
			return nil, err
		}
		return &client{admin{kadm.NewClient(connection)}, servers}, nil
	})
}

func (*client) Code(err error) int {
	var known *kerr.Error
	if errors.As(err, &known) {
		return int(known.Code)
	}
	return compat.UnknownCode
}

func (client *client) connect(isOld bool, options ...kgo.Opt) (*kgo.Client, error) {
	options = append(options,
		kgo.SeedBrokers(client.servers...), kgo.MetadataMaxAge(time.Second), kgo.MetadataMinAge(100*time.Millisecond))
	if isOld {
		options = append(options, kgo.MaxVersions(kversion.V0_11_0()))
	}
	return kgo.NewClient(options...)
}

var codecs = map[string]kgo.CompressionCodec{
	"":       kgo.NoCompression(),
	"none":   kgo.NoCompression(),
	"gzip":   kgo.GzipCompression(),
	"snappy": kgo.SnappyCompression(),
	"lz4":    kgo.Lz4Compression(),
	"zstd":   kgo.ZstdCompression(),
}

func (client *client) NewProducer(options compat.ProducerOptions) (compat.Producer, error) {
	settings := []kgo.Opt{
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(codecs[options.Codec]),
		kgo.DefaultProduceTopic(options.Topic), kgo.UnknownTopicRetries(3),
	}
	if options.TransactionalID != "" {
		settings = append(settings, kgo.TransactionalID(options.TransactionalID))
	} else if !options.Idempotent {
		settings = append(settings, kgo.DisableIdempotentWrite())
	}
	connection, err := client.connect(options.OldProtocol, settings...)
	if err != nil {
		return nil, err
	}
	if options.TransactionalID != "" {
		_, _, err = connection.ProducerID(limited())
	}
	return &producer{connection}, err
}

type producer struct{ *kgo.Client }

func (producer *producer) Send(records ...compat.Record) error {
	var sent []*kgo.Record
	for _, record := range records {
		sent = append(sent, &kgo.Record{
			Partition: record.Partition, Key: record.Key, Value: record.Value, Timestamp: record.Timestamp,
			Headers: headersTo(record.Headers),
		})
	}
	return producer.ProduceSync(limited(), sent...).FirstErr()
}

func (producer *producer) Begin() error  { return producer.BeginTransaction() }
func (producer *producer) Commit() error { return producer.EndTransaction(limited(), kgo.TryCommit) }
func (producer *producer) Abort() error  { return producer.EndTransaction(limited(), kgo.TryAbort) }

func (producer *producer) Close() error {
	producer.Client.Close()
	return nil
}

func (client *client) NewReader(options compat.ReaderOptions) (compat.SeekingReader, error) {
	from := map[int32]kgo.Offset{}
	for partition, offset := range options.From {
		from[partition] = kgo.NewOffset().At(offset)
	}
	settings := []kgo.Opt{kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{options.Topic: from})}
	if options.ReadCommitted {
		settings = append(settings, kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	}
	connection, err := client.connect(options.OldProtocol, settings...)
	return &reader{connection, options.Topic}, err
}

type reader struct {
	*kgo.Client
	topic string
}

func (reader *reader) Read() ([]compat.Record, error) {
	limit, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	fetches := reader.PollFetches(limit)
	if err := fetches.Err0(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return nil, err
	}
	var records []compat.Record
	fetches.EachRecord(func(record *kgo.Record) {
		records = append(records, compat.Record{
			Topic: record.Topic, Partition: record.Partition, Offset: record.Offset, Key: record.Key,
			Value: record.Value, Headers: headersFrom(record.Headers), Timestamp: record.Timestamp,
		})
	})
	return records, nil
}

func (reader *reader) Seek(partition int32, offset int64) error {
	target := kgo.EpochOffset{Epoch: -1, Offset: offset}
	reader.SetOffsets(map[string]map[int32]kgo.EpochOffset{reader.topic: {partition: target}})
	return nil
}

func (reader *reader) Close() error {
	reader.Client.Close()
	return nil
}

func headersTo(headers []compat.Header) []kgo.RecordHeader {
	var all []kgo.RecordHeader
	for _, header := range headers {
		all = append(all, kgo.RecordHeader{Key: header.Key, Value: header.Value})
	}
	return all
}

func headersFrom(headers []kgo.RecordHeader) []compat.Header {
	var all []compat.Header
	for _, header := range headers {
		all = append(all, compat.Header{Key: header.Key, Value: header.Value})
	}
	return all
}

// limited is for a call that nothing else gives up.
func limited() context.Context {
	limit, cancel := context.WithTimeout(context.Background(), callTimeout)
	context.AfterFunc(limit, cancel)
	return limit
}
