extension ConsoleResources {
    static let people = ConsoleResources()
}
