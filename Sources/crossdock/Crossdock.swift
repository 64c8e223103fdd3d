import Hummingbird
import AsyncHTTPClient
@main struct Crossdock { static func main() { print("crossdock") } }
