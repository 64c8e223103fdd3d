import Hummingbird

struct ChannelsPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
