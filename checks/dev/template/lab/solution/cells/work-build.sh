docker build --tag $word-page .
