package compat

import "time"

// Inbox is where the readers of all partitions run together, for libraries that read each on its own. M is the
// library's message.
type Inbox[M any] struct {
	Messages chan M
	Errors   chan error
	recordOf func(M) Record
}

func NewInbox[M any](recordOf func(M) Record) Inbox[M] {
	return Inbox[M]{make(chan M, 1000), make(chan error, 1000), recordOf}
}

// Read waits for the first record, and takes what has come by then.
func (inbox Inbox[M]) Read() ([]Record, error) {
	select {
	case err := <-inbox.Errors:
		return nil, err
	case message := <-inbox.Messages:
		records := []Record{inbox.recordOf(message)}
		for len(inbox.Messages) > 0 {
			records = append(records, inbox.recordOf(<-inbox.Messages))
		}
		return records, nil
	case <-time.After(100 * time.Millisecond):
		return nil, nil
	}
}
