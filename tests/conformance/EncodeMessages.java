import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * Encodes messages with the classes of Apache Kafka. A line of input names a class, a version and a value in JSON,
 * between tabs; its line of output is the message in hexadecimal.
 */
public class EncodeMessages {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var output = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split("\t", 3);
            output.append(encode(parts[0], Short.parseShort(parts[1]), JSON.readTree(parts[2]))).append('\n');
        }
        System.out.print(output);
    }

    private static String encode(String className, short version, JsonNode value) throws Exception {
        Class<?> converter = Class.forName(className + "JsonConverter");
        Object message = converter.getMethod("read", JsonNode.class, short.class).invoke(null, value, version);
        return HexFormat.of().formatHex(bytesOf((Message) message, version));
    }

    private static byte[] bytesOf(Message message, short version) {
        var cache = new ObjectSerializationCache();
        var buffer = ByteBuffer.allocate(message.size(cache, version));
        message.write(new ByteBufferAccessor(buffer), cache, version);
        return buffer.array();
    }
}
