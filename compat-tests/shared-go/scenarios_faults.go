package compat

import (
	"slices"
	"time"
)

// whileSending has the suite do something while the records are under way.
func (s *Scenario) whileSending(producer Producer, records []Record, deed string, details map[string]any) {
	sent := make(chan error, 1)
	go func() { sent <- producer.Send(records...) }()
	s.Ask(deed, details)
	s.Check(<-sent)
}

func idempotentDisconnects(s *Scenario) {
	s.createTopic(s.Topic, 1)
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic, Idempotent: true}))
	defer producer.Close()
	records := numbered("value", 0, 2000)
	s.Check(producer.Send(records[:500]...))
	for first := 500; first < 2000; first += 500 {
		s.whileSending(producer, records[first:first+500], "drop-connections", nil)
	}
	s.Equal("values", valuesOf(s.readAll(2000)), valuesOf(records))
}

// idempotentIfAble is an idempotent producer, or a plain one where the client has no idempotent one.
func (s *Scenario) idempotentIfAble() (producer Producer, isIdempotent bool) {
	producer, err := s.Client.NewProducer(ProducerOptions{Topic: s.Topic, Idempotent: true})
	if _, cannot := err.(Unsupported); cannot {
		return must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic})), false
	}
	s.Check(err)
	return producer, true
}

// inOrder are the values as they were first read: all of them once, where no producer may write twice.
func (s *Scenario) inOrder(values []string, isIdempotent bool) []string {
	if isIdempotent {
		return values
	}
	var first []string
	seen := map[string]bool{}
	for _, value := range values {
		if !seen[value] {
			first = append(first, value)
		}
		seen[value] = true
	}
	return first
}

func brokerComesBack(deed string) func(*Scenario) {
	return func(s *Scenario) {
		s.createTopic(s.Topic, 1)
		producer, isIdempotent := s.idempotentIfAble()
		defer producer.Close()
		member := s.join(MemberOptions{})
		defer member.Close()
		seen := map[string]bool{}
		see := func(_ int, record Record) { seen[string(record.Value)] = true }
		records := numbered("value", 0, 1000)
		s.Check(producer.Send(records[:500]...))
		s.poll("the member reads 500", patience, see, func() bool { return len(seen) >= 500 }, member)
		s.Check(member.Commit(s.Topic, 0, 500))
		s.Ask(deed, nil)
		s.Check(producer.Send(records[500:]...))
		s.pollThrough("the member reads 1000", time.Minute, see, func() bool { return len(seen) >= 1000 }, member)
		values := s.inOrder(s.everything(1000), isIdempotent)
		s.Equal("values", values, valuesOf(records))
	}
}

func leaderChange(s *Scenario) {
	s.Check(s.Client.CreateTopic(s.Topic, TopicOptions{
		Partitions: 1, Replicas: 3, Configs: map[string]string{"min.insync.replicas": "2"},
	}))
	s.waitForPartitions(s.Topic, 1)
	producer, isIdempotent := s.idempotentIfAble()
	defer producer.Close()
	reader := s.reader(ReaderOptions{Topic: s.Topic})
	defer reader.Close()
	records := numbered("value", 0, 400)
	s.Check(producer.Send(records[:100]...))
	for first := 100; first < 400; first += 100 {
		s.whileSending(producer, records[first:first+100], "move-leader", map[string]any{"topic": s.Topic})
	}
	var values []string
	s.pollThrough("the reader sees the last", time.Minute, func(_ int, record Record) {
		values = append(values, string(record.Value))
	}, func() bool { return slices.Contains(values, "value-399") }, reader)
	s.Equal("values of the first reader", s.inOrder(values, isIdempotent), valuesOf(records))
	s.Equal("values of a new reader", s.inOrder(s.everything(400), isIdempotent), valuesOf(records))
}

// everything is what a new reader finds, until nothing follows the count that must be there.
func (s *Scenario) everything(count int) []string {
	reader := s.reader(ReaderOptions{Topic: s.Topic})
	defer reader.Close()
	return valuesOf(append(s.readFrom(reader, count), s.readFor(reader, 500*time.Millisecond)...))
}
