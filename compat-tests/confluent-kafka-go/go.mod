module samsa.test/compat-confluent-kafka-go

go 1.25

require (
	github.com/confluentinc/confluent-kafka-go/v2 v2.11.1
	samsa.test/compat v0.0.0
)

replace samsa.test/compat => ../shared-go
