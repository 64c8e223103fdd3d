import Hummingbird

struct FilesPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {}
}
