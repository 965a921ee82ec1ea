import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs tools of Apache Kafka one behind the other in this one process, since a start of Java takes longer than most of
 * them. Each line of the input is a JSON array, the main class and its arguments; each line of the output an object with
 * the exit code and all that the tool printed.
 */
public class RunTools {
    private static final class Ended extends Error {}

    /** The first one counts: some tools catch what ends them, and end once more. Null: the tool has simply returned. */
    private static Integer exitCode;

    public static void main(String[] args) throws Exception {
        PrintStream answers = System.out;
        ObjectMapper json = new ObjectMapper();
        List<Runnable> hooks = new ArrayList<>();
        Exit.setExitProcedure((code, message) -> end(code));
        Exit.setHaltProcedure((code, message) -> end(code));
        Exit.setShutdownHookAdder((name, hook) -> hooks.add(hook));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            PrintStream captured = new PrintStream(output, true, StandardCharsets.UTF_8);
            System.setOut(captured);
            System.setErr(captured);
            int code = run(json.readValue(line, String[].class), captured);
            for (Runnable hook : hooks) hook.run();
            hooks.clear();
            String printed = output.toString(StandardCharsets.UTF_8);
            answers.println(json.writeValueAsString(Map.of("code", code, "output", printed)));
        }
        answers.flush();
        // Threads that a tool has left must not hold the process.
        Runtime.getRuntime().halt(0);
    }

    private static int run(String[] words, PrintStream captured) throws ReflectiveOperationException {
        String[] rest = Arrays.copyOfRange(words, 1, words.length);
        try {
            exitCode = null;
            Class.forName(words[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (InvocationTargetException failure) {
            if (!(failure.getCause() instanceof Ended)) {
                failure.getCause().printStackTrace(captured);
                return 1;
            }
        }
        return exitCode == null ? 0 : exitCode;
    }

    private static void end(int code) {
        if (exitCode == null) exitCode = code;
        throw new Ended();
    }
}
