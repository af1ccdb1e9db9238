import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's own client for tests: what it writes is what others write, and what it reads is the judgement of what we wrote.
 * produce OUTCOME PROPERTY=VALUE...: records as JSON lines from stdin, where each one went as JSON lines to stdout; OUTCOME is plain, commit or abort.
 * consume TOPICS PROPERTY=VALUE...: all records from the first to what was the end at the start, as JSON lines. Bytes are base64, null is null.
 */
public class JvmClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BufferedWriter OUT = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 16);

  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    for (String pair : Arrays.asList(args).subList(2, args.length)) {
      int at = pair.indexOf('=');
      properties.put(pair.substring(0, at), pair.substring(at + 1));
    }
    if (args[0].equals("produce")) produce(args[1], properties);
    else consume(args[1].split(","), properties);
    OUT.flush();
  }

  private static void produce(String outcome, Properties properties) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      if (!outcome.equals("plain")) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) sent.add(producer.send(read(JSON.readTree(line))));
      producer.flush();
      for (Future<RecordMetadata> one : sent) {
        RecordMetadata at = one.get();
        ObjectNode line = JSON.createObjectNode();
        line.put("topic", at.topic()).put("partition", at.partition()).put("offset", at.offset());
        write(line);
      }
      if (outcome.equals("commit")) producer.commitTransaction();
      if (outcome.equals("abort")) producer.abortTransaction();
    }
  }

  private static ProducerRecord<byte[], byte[]> read(JsonNode line) throws Exception {
    Integer partition = line.hasNonNull("partition") ? line.get("partition").asInt() : null;
    Long timestamp = line.hasNonNull("timestamp") ? line.get("timestamp").asLong() : null;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(line.get("topic").asText(), partition, timestamp, bytes(line.get("key")), bytes(line.get("value")));
    for (Map.Entry<String, JsonNode> header : line.path("headers").properties()) record.headers().add(header.getKey(), bytes(header.getValue()));
    return record;
  }

  private static byte[] bytes(JsonNode node) throws Exception {
    return node == null || node.isNull() ? null : node.binaryValue();
  }

  private static void consume(String[] topics, Properties properties) throws Exception {
    Thread parent = new Thread(JvmClient::endWithParent);
    parent.setDaemon(true);
    parent.start();
    try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (String topic : topics) consumer.partitionsFor(topic).forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
          if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) write(record);
        }
      }
    }
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (Exception closed) {
      // as good as the end
    }
    Runtime.getRuntime().halt(1);
  }

  private static void write(ConsumerRecord<byte[], byte[]> record) throws Exception {
    ObjectNode line = JSON.createObjectNode();
    line.put("topic", record.topic()).put("partition", record.partition()).put("offset", record.offset());
    line.put("timestamp", record.timestamp()).put("key", record.key()).put("value", record.value());
    ObjectNode headers = line.putObject("headers");
    for (Header header : record.headers()) headers.put(header.key(), header.value());
    write(line);
  }

  private static void write(ObjectNode line) throws Exception {
    OUT.write(JSON.writeValueAsString(line));
    OUT.write('\n');
  }
}
