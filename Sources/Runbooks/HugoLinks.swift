/// Links of sites made with Hugo: `[x]({{< ref "./Other.md" >}})` is no link to Markdown.
enum HugoLinks {
  /// The same text with the paths themselves as destinations; every line stays a line.
  static func resolved(_ text: String) -> String {
    guard text.contains("{{<") else { return text }
    return text.replacing(/\{\{<\s*(?:rel)?ref\s+"([^"\n]{1,500})"\s*>\}\}/) { String($0.1) }
  }
}
