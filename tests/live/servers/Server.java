// A small web server on the JDK's own HTTP server. With LEAK=1 it keeps 1 KB of each request.
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

public class Server {
  private static final List<byte[]> kept = new ArrayList<>();

  public static void main(String[] arguments) throws IOException {
    boolean leak = "1".equals(System.getenv("LEAK"));
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 64);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext("/", exchange -> {
      if (leak) {
        synchronized (kept) {
          kept.add(new byte[1008]);
        }
      }
      StringBuilder page = new StringBuilder();
      for (int row = 0; row < 50; ++row) {
        page.append("row ").append(row).append(" of ").append(System.nanoTime()).append('\n');
      }
      byte[] body = page.toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.start();
  }
}
