extension ColumnSynonyms {
    /// Chilean use first, with the words of other countries.
    static let spanish: [ColumnSynonyms] = [
        .init(.orderNumber, """
            Número de pedido|numero pedido|nro pedido|nro de pedido|n pedido|no pedido|n de pedido|num pedido|num de pedido|\
            id pedido|id de pedido|id del pedido|código de pedido|codigo pedido|número de orden|numero orden|nro orden|\
            nro de orden|n orden|no orden|n de orden|num orden|id orden|id de orden|orden de compra|nro orden de compra|\
            n orden de compra|numero orden de compra|referencia del pedido|referencia pedido|numero de compra|numero venta|\
            numero de venta|n venta
            """, likely: "pedido|orden|referencia|ref|oc|venta|folio", guess: "número|nro|id"),
        .init(.externalLineID, "ID de línea|id linea|id línea de pedido|id item|id del item|numero de linea", likely: "linea"),
        .init(.placedAt, """
            Fecha de pedido|fecha del pedido|fecha pedido|fecha de orden|fecha orden|fecha de la orden|fecha de compra|\
            fecha compra|fecha de creación|fecha creacion|fecha de venta|fecha venta|fecha y hora|fecha y hora del pedido|\
            creado el
            """, likely: "fecha", guess: "hora|fecha de pago"),
        .init(.buyerName, """
            Nombre del comprador|nombre comprador|nombre del cliente|nombre cliente|nombre de cliente|razón social del cliente
            """, likely: "comprador|cliente"),
        .init(.buyerEmail, """
            Correo del comprador|correo comprador|correo del cliente|correo cliente|email comprador|email cliente|\
            email del cliente|correo electrónico del cliente|correo electronico del comprador
            """, likely: "correo|correo electrónico|mail cliente|dirección de correo|e mail"),
        .init(.buyerPhone, """
            Teléfono del comprador|telefono comprador|teléfono del cliente|telefono cliente|celular cliente|\
            celular del cliente|fono cliente
            """, guess: "teléfono|celular|fono"),
        .init(.shipToName, """
            Destinatario|nombre del destinatario|nombre destinatario|nombre de destinatario|nombre de quien recibe|\
            quien recibe|recibe|persona que recibe|nombre de entrega|nombre envío|nombre de envío|nombre del receptor|receptor|\
            consignatario|enviar a|nombre y apellido|nombre completo del destinatario|nombre despacho
            """, likely: """
            nombre completo|nombres|nombre contacto|nombre de contacto|contacto|nombre y apellidos
            """, guess: "nombre|nombre cliente|cliente"),
        .init(.shipToSurname, """
            Apellido del destinatario|apellido destinatario|apellidos destinatario|apellidos del destinatario
            """, likely: "apellido|apellidos"),
        .init(.shipToCompany, "Empresa del destinatario|empresa destinatario|empresa de entrega", likely: "empresa|compañía|nombre de empresa"),
        .init(.shipToPhone, """
            Teléfono del destinatario|telefono destinatario|teléfono de destinatario|celular destinatario|\
            celular del destinatario|fono destinatario|teléfono de entrega|telefono envio|teléfono de envío|\
            teléfono de despacho|telefono despacho|teléfono de contacto|telefono contacto|celular contacto
            """, likely: """
            teléfono|telefonos|celular|fono|móvil|número de teléfono|numero telefono|numero de celular|numero celular|\
            nro telefono|whatsapp|telefono movil|teléfono celular|tel
            """, guess: "teléfono cliente|telefono del cliente"),
        .init(.shipToLine1, """
            Dirección de envío|dirección envio|dirección de entrega|direccion entrega|dirección de despacho|direccion despacho|\
            dirección del destinatario|direccion destinatario|dirección 1|direccion linea 1|línea de dirección 1|\
            calle y número|calle y numero|dirección completa|dirección envío 1
            """, likely: "dirección|calle|domicilio|dir"),
        .init(.shipToLine2, """
            Dirección 2|direccion linea 2|línea de dirección 2|complemento|complemento de dirección|complemento direccion|\
            depto|departamento oficina|depto oficina|dpto|número de departamento|referencias de dirección|dirección envío 2|\
            casa depto|block depto
            """, likely: "oficina|piso|apartamento|villa|población|referencia dirección|casa", guess: "departamento"),
        .init(.shipToSubdistrict, "Subdistrito|sub distrito"),
        .init(.shipToDistrict, """
            Comuna|comuna de envío|comuna envio|comuna de entrega|comuna entrega|comuna de despacho|comuna despacho|\
            comuna destino|comuna de destino|comuna destinatario|distrito|distrito de envío
            """, likely: "barrio|colonia|localidad"),
        .init(.shipToCity, """
            Ciudad|ciudad de envío|ciudad envio|ciudad de entrega|ciudad entrega|ciudad destino|ciudad de destino|\
            ciudad destinatario|ciudad despacho
            """, likely: "municipio|población ciudad|municipalidad", guess: "localidad"),
        .init(.shipToProvince, """
            Región|región de envío|region envio|región de entrega|region entrega|región de despacho|region despacho|\
            region destino|región de destino|provincia|provincia de envío|provincia envio|estado provincia|provincia estado|\
            region provincia|región destinatario|estado de envío
            """, likely: "departamento|estado o provincia"),
        .init(.shipToPostcode, """
            Código postal|codigo postal|cod postal|c postal|código postal de envío|codigo postal envio|\
            código postal de entrega|cp|c p|zona postal
            """),
        .init(.shipToCountry, """
            País|pais de envío|pais envio|país de entrega|pais destino|país de destino|código de país|codigo pais|\
            país destinatario
            """),
        .init(.sku, """
            Código SKU|sku producto|sku del producto|código de producto|codigo producto|código del producto|cod producto|\
            código de artículo|codigo articulo|cod articulo|código de ítem|codigo item|referencia de producto|\
            referencia producto|referencia del producto
            """, likely: "código|cod|modelo|id producto", guess: "código de barras|codigo barra"),
        .init(.title, """
            Nombre del producto|nombre producto|nombre de producto|descripción del producto|descripcion producto|\
            descripción de producto|nombre del artículo|nombre articulo|descripción del artículo|detalle del producto|\
            título del producto|titulo producto
            """, likely: """
            producto|productos|artículo|ítem|descripción|título|detalle|mercadería|mercancía
            """, guess: "contenido|glosa"),
        .init(.variant, """
            Variante|variación|variante del producto|variante producto|opciones|nombre de variante|nombre de la variante
            """, likely: "opción|talla|color|tamaño|talla color"),
        .init(.quantity, """
            Cantidad|cant|ctd|cantidad de productos|cantidad producto|cantidad pedida|cantidad de unidades|número de unidades|\
            cantidad vendida|cantidad de artículos|cantidad solicitada
            """, likely: "unidades|uds|piezas|und|unid"),
        .init(.unitPrice, """
            Precio unitario|precio por unidad|precio unidad|valor unitario|precio producto|precio del producto|precio de venta|\
            precio venta|p unitario|precio unit|precio artículo|precio del artículo|monto unitario
            """, likely: "precio|valor|precio neto"),
        .init(.lineDiscount, """
            Descuento de línea|descuento linea|descuento por línea|descuento producto|descuento del producto|\
            descuento por producto|descuento unitario
            """),
        .init(.lineTotal, """
            Total de línea|total linea|total por línea|total producto|total del producto|subtotal producto|importe línea
            """, likely: "importe"),
        .init(.weightGrams, "Peso (g)|peso g|peso gr|peso grs|peso en gramos|peso gramos|gramos"),
        .init(.weightKilograms, """
            Peso (kg)|peso kg|peso kgs|peso en kg|peso kilos|peso en kilos|peso kilogramos|kilos
            """, guess: "peso|peso total|peso bruto"),
        .init(.shippingFee, """
            Costo de envío|costo envio|coste de envío|coste envio|gastos de envío|gasto de envio|precio de envío|precio envio|\
            valor de envío|valor envio|valor despacho|costo de despacho|costo despacho|monto de envío|monto envio|\
            tarifa de envío|tarifa envio|flete|costo flete|valor flete|gastos envio|total envío
            """, likely: "envío|despacho"),
        .init(.orderDiscount, """
            Descuento del pedido|descuento pedido|descuento total|total descuento|total descuentos|monto descuento|\
            monto de descuento|descuento de la orden|descuento orden|cupón|cupon de descuento|descuento cupón
            """, likely: "descuento|descuentos|dcto"),
        .init(.tax, "Impuesto|impuestos|iva|monto iva|impuesto total|total impuestos|total iva|igv"),
        .init(.grandTotal, """
            Total del pedido|total pedido|total de la orden|total orden|monto total|valor total|importe total|total general|\
            total a pagar|total pagado|monto pagado|precio total|total compra|total venta|monto total del pedido
            """, likely: "total|monto"),
        .init(.currency, "Moneda|divisa|tipo de moneda|código de moneda"),
        .init(.paymentMethod, """
            Método de pago|metodo pago|medio de pago|medio pago|forma de pago|forma pago|tipo de pago|modo de pago|\
            medios de pago
            """, likely: "pago"),
        .init(.paymentState, "Estado de pago|estado del pago|estado pago|estado financiero|estatus de pago", likely: "pagado"),
        .init(.codAmount, """
            Monto contra entrega|contra entrega|pago contra entrega|contrareembolso|contra reembolso|monto a cobrar|\
            valor a cobrar|cobrar al entregar|valor contra entrega|monto contra reembolso|importe contra reembolso|\
            pago contraentrega|contraentrega|monto a recaudar|valor a recaudar|recaudo
            """, likely: "a cobrar"),
        .init(.shippingMethod, """
            Método de envío|metodo envio|forma de envío|tipo de envío|tipo envio|tipo de despacho|tipo despacho|\
            método de entrega|tipo de entrega|tipo entrega|forma de entrega|servicio de envío|servicio envio|\
            modalidad de envío|método de despacho|metodo despacho|tipo de servicio|tipo servicio
            """, likely: "servicio"),
        .init(.courier, """
            Transportista|empresa de transporte|empresa transporte|transporte|compañía de envío|empresa de envío|\
            empresa de envios|empresa de mensajería|mensajería|operador logístico|paquetería|empresa courier|correo courier
            """),
        .init(.shipBy, """
            Fecha límite de envío|fecha limite envio|despachar antes de|enviar antes de|fecha límite de despacho|\
            fecha limite despacho|fecha comprometida
            """, likely: """
            fecha de despacho|fecha despacho|fecha de envío|fecha envio|fecha de entrega|fecha entrega
            """),
        .init(.note, """
            Nota|notas|nota del pedido|notas del pedido|nota del cliente|notas del cliente|observación|observaciones|obs|\
            comentario|comentarios|comentarios del cliente|comentario del cliente|instrucciones|instrucciones de entrega|\
            instrucciones de envío|indicaciones|indicaciones de entrega|mensaje|mensaje del comprador|glosa de entrega
            """),
        .init(.tags, "Etiquetas|etiqueta|etiquetas del pedido", likely: "categoría"),
        .init(.billToName, "Nombre de facturación|nombre facturación|nombre factura|facturar a|nombre de la factura"),
        .init(.billToCompany, "Razón social|empresa de facturación|empresa facturación|razon social facturacion"),
        .init(.billToTaxID, """
            RUT|rut cliente|rut del cliente|rut facturación|rut de facturación|rut empresa|nit|rfc|ruc|cuit|nif|cif|dni|\
            identificación fiscal|número de identificación fiscal|cedula|documento de identidad
            """),
        .init(.billToPhone, "Teléfono de facturación|telefono facturación"),
        .init(.billToLine1, """
            Dirección de facturación|dirección facturación|direccion factura|dirección de la factura|calle facturación|\
            domicilio fiscal
            """),
        .init(.billToLine2, "Dirección de facturación 2|dirección facturación 2"),
        .init(.billToCity, "Ciudad de facturación|ciudad facturación|comuna de facturación|comuna facturación"),
        .init(.billToProvince, "Región de facturación|región facturación|provincia de facturación|provincia facturación"),
        .init(.billToPostcode, "Código postal de facturación|codigo postal facturación|cp facturación"),
        .init(.billToCountry, "País de facturación|país facturación"),
    ]
}
