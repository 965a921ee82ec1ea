package compat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The program of the Java clients: runs scenarios and prints what came of each (compat-tests/README.md, "The contract"). */
public final class Main {
    interface Body {
        void run(Context context) throws Exception;
    }

    static final class Refused extends RuntimeException {
        Refused(String why) {
            super(why);
        }
    }

    private static final BufferedReader answers = new BufferedReader(new InputStreamReader(System.in));

    public static void main(String[] args) throws Exception {
        if (args[0].equals("--doomed")) {
            Groups.liveUntilKilled(args[1], args[2], args[3]);
            return;
        }
        String bootstrap = "";
        String prefix = "";
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--bootstrap")) bootstrap = args[++i];
            else if (args[i].equals("--prefix")) prefix = args[++i];
            else ids.add(args[i]);
        }
        Map<String, Body> bodies = new LinkedHashMap<>();
        Records.addTo(bodies);
        Groups.addTo(bodies);
        Transactions.addTo(bodies);
        Administration.addTo(bodies);
        Faults.addTo(bodies);
        for (String id : ids) {
            long startedNs = System.nanoTime();
            String outcome = outcomeOf(id, bodies.get(id), new Context(bootstrap, prefix + "-" + id));
            long ms = (System.nanoTime() - startedNs) / 1_000_000;
            System.out.println("{\"scenario\":" + quoted(id) + ",\"ms\":" + ms + "," + outcome + "}");
        }
        System.exit(0);
    }

    private static String outcomeOf(String id, Body body, Context context) {
        if (body == null || Era.CANNOT.contains(id)) return "\"outcome\":\"unsupported\"";
        int limitS = id.startsWith("broker-") || id.equals("leader-change") || id.equals("batch-100k") ? 240 : 90;
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> running = thread.submit(() -> {
            body.run(context);
            return null;
        });
        try {
            running.get(limitS, TimeUnit.SECONDS);
            return "\"outcome\":\"passed\"";
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof Refused) return "\"outcome\":\"skipped\",\"message\":" + quoted(cause.getMessage());
            if (!(cause instanceof AssertionError)) cause.printStackTrace();
            return "\"outcome\":\"failed\",\"message\":" + quoted(cause instanceof AssertionError ? cause.getMessage() : cause.toString());
        } catch (TimeoutException late) {
            running.cancel(true);
            return "\"outcome\":\"failed\",\"message\":\"did not end within " + limitS + " s\"";
        } catch (InterruptedException ended) {
            return "\"outcome\":\"failed\",\"message\":\"interrupted\"";
        } finally {
            thread.shutdownNow();
            context.close();
        }
    }

    /** Asks the suite for a deed, given as JSON. */
    static synchronized void ask(String deed) throws Exception {
        System.out.println(deed);
        String answer = answers.readLine();
        if (answer == null || !answer.contains("\"done\":true")) throw new Refused(answer);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : String.valueOf(text).toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ') out.append(' ');
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
