extension ConsoleResources {
    static let today = ConsoleResources()
}
